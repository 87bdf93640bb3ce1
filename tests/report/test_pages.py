"""The pages of HTML in a real browser: they ask for nothing, fit every width, and can be read by everybody.

Skipped where no Chromium is installed. Where the package axe-playwright-python is, axe-core looks at the page too.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from browser import NAMES, Browser, chromium
from report.test_audit_formats import KINDS, finding, repository

from allo_keyscan.audit import audited, stopped, unread
from allo_keyscan.model import AuditReport, Held, Life, Report, ScopesReport, Skipped, Suppressed
from allo_keyscan.report import Document, render

pytestmark = pytest.mark.skipif(chromium() is None, reason=f"no browser: none of {', '.join(NAMES)} is on PATH")

LONG = "averylongname" * 20
WIDTHS = [1280, 390]

ORDER = """[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(one => +one.tagName[1])"""
WIDE = """[...document.querySelectorAll('body *')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.right > innerWidth + 1 && getComputedStyle(one).position !== 'absolute' && !one.closest('thead');
}).map(one => one.outerHTML.slice(0, 120))"""
PALE = """(() => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const rgb = color => { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3); };
    const light = color => rgb(color).map(part => part / 255)
        .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
    const ground = one => { for (; one; one = one.parentElement) {
        const color = getComputedStyle(one).backgroundColor;
        if (color !== 'rgba(0, 0, 0, 0)') return color; } return 'white'; };
    const pale = [];
    for (const one of document.querySelectorAll('body *')) {
        if (![...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
        const [low, high] = [getComputedStyle(one).color, ground(one)].map(light).sort((a, b) => a - b);
        const ratio = (high + 0.05) / (low + 0.05);
        if (ratio < 4.5) pale.push([one.outerHTML.slice(0, 100), ratio]);
    }
    return pale;
})()"""
UNMARKED = """[...document.querySelectorAll('a, summary, [tabindex]')].filter(one => {
    one.focus({focusVisible: true});
    return document.activeElement !== one || getComputedStyle(one).outlineStyle === 'none';
}).map(one => one.outerHTML)"""
NAMELESS = """[...document.querySelectorAll('table')].filter(one => !one.caption || !one.caption.textContent.trim())
    .concat([...document.querySelectorAll('th')].filter(one => !['col', 'row'].includes(one.scope)))
    .concat([...document.querySelectorAll('a')].filter(one => !one.textContent.trim()))
    .concat([...document.querySelectorAll('svg')].filter(one => one.getAttribute('aria-hidden') !== 'true'))
    .concat([...document.querySelectorAll('section, article')].filter(
        one => !document.getElementById(one.getAttribute('aria-labelledby'))))
    .concat([...document.querySelectorAll('ul > :not(li), ol > :not(li)')])
    .map(one => one.outerHTML.slice(0, 200))"""
HIDDEN = """[...document.querySelectorAll('details li')].filter(
    one => !one.checkVisibility({contentVisibilityAuto: true}) || !one.getBoundingClientRect().height
).map(one => one.textContent)"""


def audit() -> AuditReport:
    """Everything that the page of an audit can hold: long names, many places, several repositories."""
    places = tuple(Held(f"{number}/{LONG}") for number in range(30))
    many = repository("src/a.py")
    life = Life(places=places, branches=("main",), advice=f"rewrite: git filter-repo --path {LONG}")
    leaks = tuple(leak._replace(finding=leak.finding._replace(life=life)) for leak in many.leaks)
    clean = audited("clean", None, Report(), Report(), None)
    late = stopped("late", "late")
    return AuditReport((many._replace(leaks=leaks), repository(LONG), clean, unread("gone", "gone"), late))


def scan() -> Report:
    """The same of a scan: keys with a life and without, other findings, gaps."""
    life = audit().repositories[0].leaks[0].life
    told = (finding(LONG, life), finding("a", life), finding("b", rule="example-key"), finding(rule="unused-ignore"))
    many = tuple(finding(f"{LONG}/{number}", key="") for number in range(20))
    return Report((*told, *many), 3, Suppressed(1, 2, 3), (Skipped(LONG, LONG), Skipped("a", "b", incomplete=False)))


def scopes() -> ScopesReport:
    """The same of scopes: long names, many calls of one scope."""
    one, long = repository("src/a.py").scopes, repository(LONG).scopes
    assert one is not None
    assert long is not None
    (key,) = one.keys
    (need,) = key.needs
    calls = tuple(need.calls[0]._replace(path=f"{number}/{LONG}") for number in range(40))
    keys = (key._replace(needs=(need._replace(calls=calls),)), *long.keys, key._replace(key=None))
    return one._replace(keys=keys, findings=(*one.findings, *long.findings), calls=(*one.calls, *calls))


PAGES: dict[str, tuple[Callable[[], Document], str]] = {
    "audit": (audit, "API key audit"),
    "scan": (scan, "API key scan"),
    "scopes": (scopes, "API scopes"),
}


@pytest.fixture(scope="module", params=sorted(PAGES))
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of each kind, named by it."""
    file = tmp_path_factory.mktemp("page") / f"{request.param}.html"
    file.write_text(render("html", PAGES[request.param][0](), lambda: KINDS), "utf-8")
    return file


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = chromium()
    assert program is not None
    one = Browser(program, tmp_path_factory.mktemp("profile"))
    yield one
    one.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_it_asks_for_nothing_and_complains_of_nothing(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width=width, mobile=width < 500)
    assert [one["request"]["url"] for one in browser.told("Network.requestWillBeSent")] == [page.as_uri()]
    said = browser.told("Log.entryAdded") + browser.told("Runtime.consoleAPICalled")
    assert said + browser.told("Runtime.exceptionThrown") == []


def test_the_policy_would_stop_a_script_and_a_request(browser: Browser, page: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    added = "<script>document.title = 'run'</script><img src='https://example.org/x.png'>"
    bad.write_text(page.read_text("utf-8").replace("<main>", f"<main>{added}"), "utf-8")
    browser.open(bad, width=1280)
    assert browser.value("document.title") != "run"
    assert len(browser.told("Log.entryAdded")) >= 2, "the browser says what it has stopped"


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_stands_out_at_the_side(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width=width, mobile=width < 500)
    assert browser.value("document.documentElement.scrollWidth") == width
    assert browser.value(WIDE) == []


def test_headings_landmarks_and_names(browser: Browser, page: Path) -> None:
    browser.open(page, width=1280)
    assert browser.value("document.documentElement.lang") == "en"
    assert PAGES[page.stem][1] in browser.value("document.title")
    order = browser.value(ORDER)
    assert (order[0], order.count(1)) == (1, 1)
    assert [(one, two) for one, two in pairwise(order) if two > one + 1] == []
    for landmark in ("body > header", "body > main", "body > footer"):
        assert browser.value(f"document.querySelectorAll('{landmark}').length") == 1
    assert browser.value("document.querySelectorAll('table').length") >= 1
    assert browser.value(NAMELESS) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_text_stands_out_from_its_ground(browser: Browser, page: Path, width: int, dark: bool) -> None:
    browser.open(page, width=width, dark=dark)
    assert browser.value("getComputedStyle(document.body).backgroundColor !== 'rgb(255, 255, 255)'") is dark
    assert browser.value(PALE) == []


def test_focus_can_be_seen(browser: Browser, page: Path) -> None:
    browser.open(page, width=1280)
    assert browser.value("document.querySelectorAll('a, summary, [tabindex]').length") > 1
    browser.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.value(UNMARKED) == []


def test_paper_shows_what_is_folded_on_a_screen(browser: Browser, page: Path) -> None:
    browser.open(page, width=1280)
    assert len(browser.value(HIDDEN)) > 20
    browser.print_media()
    assert browser.value(HIDDEN) == []
    assert browser.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.pdf().startswith(b"%PDF-")


def axe() -> str | None:
    """The source of axe-core: of the newest that is installed, or None."""
    for package in ("axe_playwright_python", "axe_core_python"):
        found = importlib.util.find_spec(package)
        if found is not None and found.origin is not None:
            return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")
    return None


@pytest.mark.skipif(axe() is None, reason="axe-core-python is not installed")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(browser: Browser, page: Path, width: int, dark: bool) -> None:
    browser.open(page, width=width, dark=dark, mobile=width < 500)
    browser.value(str(axe()) + "; undefined")
    found: Any = json.loads(browser.value("axe.run().then(JSON.stringify)"))
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]] == []
