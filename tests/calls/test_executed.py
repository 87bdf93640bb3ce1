"""Programs put together from pieces: what they send when they run, against what is reported of them (executed.py)."""

from executed import Sent, Unit, chosen, compared, outcomes, pieces, program, run


def test_what_drawn_programs_send_is_reported_and_nothing_else_is_definite() -> None:
    wrong, how, broken = run([chosen(seed) for seed in range(70)])
    assert wrong == []
    assert broken == []
    assert how["definite"] > how["open"] > 0


def test_a_call_that_no_report_names_is_missed_and_one_that_is_not_sent_is_false() -> None:
    """The comparison itself: the run of one program held against the report of another."""
    one, other = program([Unit()]), program([Unit(verb="post", calls=(Sent("literal", "if_true"),))])
    assert one.source != other.source
    ran = outcomes([other.source])[0]
    ran["lines"] = list(range(1, 60))
    wrong, how = compared(one, ran)
    assert {(found.what, found.said.split(": ")[-1]) for found in wrong} == {
        ("missed", "POST /v2/api/threads"),
        ("false", "GET /v2/api/threads"),
    }
    assert how == {"missed": 1}


def test_the_recorder_takes_every_library() -> None:
    clients = ("requests_session", "httpx_client", "httpx_async", "urllib_opener", "urllib")
    units = [Unit(client=name, entry="run" if pieces()["client"][name].awaits else "direct") for name in clients]
    for outcome in outcomes([program([unit]).source for unit in units]):
        assert outcome["error"] is None
        assert outcome["sent"] == [["GET", "https://api.withallo.com/v2/api/threads"]]
