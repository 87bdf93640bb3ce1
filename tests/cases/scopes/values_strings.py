"""How programs build a URL: operators, formats, joins, cuts. Python's own rules decide, traps included."""
import posixpath
import string
from string import Template
from urllib.parse import quote, quote_plus, urlencode, urljoin, urlunsplit

import httpx
import requests
import yarl
from yarl import URL

HOST = "https://api.withallo.com"
BASE = HOST + "/v2/api"


def plus(number):
    requests.get(HOST + "/" + "v2" + "/api/" + "numbers/" + str(number) + "/call_flow")  # expect: GET /v2/api/numbers/{number}/call_flow [PHONE_NUMBERS_READ] definite


def implicit():
    requests.get("https://api.withallo.com"  # expect: GET /v2/api/voices [AGENTS_READ] definite
                 "/v2/api"
                 "/voices")


def brackets(ident):
    url = (
        f"{BASE}/threads"
        f"/{ident}"
        "/comments"
    )
    requests.post(url, json={})  # expect: POST /v2/api/threads/{id}/comments [THREADS_WRITE] definite


def conversions(ident, page):
    requests.get(f"{BASE!s}/users/{ident!s}?page={page:>3}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite
    requests.get(f"{BASE}/calendars/{ident:d}")  # expect: GET /v2/api/calendars/{id} [AGENTS_READ] definite
    requests.get(f"{BASE}/calendars{'/' + ident}")  # expect: GET /v2/api/calendars/{id} [AGENTS_READ] definite
    requests.get(f"{HOST}{'/v2/api'}{'/tags'}")  # expect: GET /v2/api/tags [TAGS_READ] definite


def percent(ident, version=2):
    requests.get("%s/users/%s" % (BASE, ident))  # expect: GET /v2/api/users/{id} [USERS_READ] definite
    requests.get("https://api.withallo.com/v%d/api/tags" % 2)  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(BASE + "/crm/views/%s" % ident)  # expect: GET /v2/api/crm/views/{id} [CRM_READ] definite
    requests.get("%(host)s/v2/api/crm/views" % {"host": HOST})  # expect: GET /v2/api/crm/views [CRM_READ] definite


def formats(ident):
    requests.get("{}/v{}/api/{}".format(HOST, 2, "numbers"))  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    requests.get("{0}/users/{1}".format(BASE, ident))  # expect: GET /v2/api/users/{id} [USERS_READ] definite
    requests.get("{1}/{0}".format("tags", BASE))  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get("{base}/threads/{id}".format(base=BASE, id=ident))  # expect: GET /v2/api/threads/{id} [THREADS_READ] definite
    requests.get("{base}/threads".format_map({"base": BASE}))  # expect: GET /v2/api/threads [THREADS_READ] definite
    requests.get("{host}/v2/api/{what}".format(**{"host": HOST, "what": "voices"}))  # expect: GET /v2/api/voices [AGENTS_READ] definite
    template = BASE + "/crm/companies/{company}"
    requests.put(template.format(company=ident), json={})  # expect: PUT /v2/api/crm/companies/{id} [CRM_WRITE] definite


def templates(ident):
    requests.get(Template("$base/crm/deals/$id").substitute(base=BASE, id=ident))  # expect: GET /v2/api/crm/deals/{id} [CRM_READ] definite
    requests.get(string.Template("${base}/crm/attributes").safe_substitute({"base": BASE}))  # expect: GET /v2/api/crm/attributes [CRM_READ] definite


def joins(ident, action="action"):
    requests.get("/".join((HOST, "v2", "api", "tags")))  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get("/".join([BASE, "users", str(ident)]))  # expect: GET /v2/api/users/{id} [USERS_READ] definite
    requests.get("".join([BASE, "/", "threads"]))  # expect: GET /v2/api/threads [THREADS_READ] definite
    parts = [BASE, "crm"]
    parts.append("views")
    requests.get("/".join(parts))  # expect: GET /v2/api/crm/views [CRM_READ] definite
    requests.get("/".join(part.strip("/") for part in (BASE + "/", "/numbers/")))  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    requests.get(posixpath.join(BASE, "summary_templates", ident))  # expect: GET /v2/api/summary_templates/{id} [SUMMARY_TEMPLATES_READ] definite
    requests.get(HOST + posixpath.join("/v2/api", "summary_templates"))  # expect: GET /v2/api/summary_templates [SUMMARY_TEMPLATES_READ] definite


def urljoin_traps(ident):
    requests.get(urljoin(HOST, "/v2/api/tags"))  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(urljoin(HOST, "v2/api/tags"))  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(urljoin(BASE + "/", "tags"))  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(urljoin(BASE, "api/tags"))  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(urljoin(BASE, "/v2/api/users"))  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get(urljoin(BASE, "tags"))  # expect: GET null [] definite
    requests.get(urljoin(BASE + "/", "/tags"))  # expect: GET null [] definite
    requests.get(urljoin(BASE + "/tags/", "../users"))  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get(urljoin(BASE + "/", f"users/{ident}"))  # expect: GET /v2/api/users/{id} [USERS_READ] definite
    requests.get(urljoin(BASE, "https://example.org/v2/api/tags"))
    requests.get(urljoin("https://example.org/x", "https://api.withallo.com/v2/api/tags"))  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(urljoin("https://example.org/x", "//api.withallo.com/v2/api/tags"))  # expect: GET /v2/api/tags [TAGS_READ] definite


def cuts(ident):
    requests.get(BASE.rstrip("/") + "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(f"{BASE}/".removesuffix("/") + "/users")  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get(HOST + "/api/tags".replace("/api", "/v2/api"))  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get("api.withallo.com/v2/api/numbers".join(["https://", ""]))  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    requests.get("https://" + "http://api.withallo.com/v2/api/voices".removeprefix("http://"))  # expect: GET /v2/api/voices [AGENTS_READ] definite
    requests.get("  https://api.withallo.com/v2/api/threads\n".strip())  # expect: GET /v2/api/threads [THREADS_READ] definite
    requests.get("HTTPS://API.WITHALLO.COM/V2/API/TAGS".lower())  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get((BASE + "/tags.json")[:-5])  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(BASE[:24] + "/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get((BASE + "/threads?x=1").split("?")[0])  # expect: GET /v2/api/threads [THREADS_READ] definite
    requests.get((BASE + "/threads?x=1").partition("?")[0])  # expect: GET /v2/api/threads [THREADS_READ] definite
    requests.post(f"{BASE}/threads/:id/resolve".replace(":id", ident))  # expect: POST /v2/api/threads/{id}/resolve [THREADS_WRITE] definite
    requests.get(BASE + "/" + "TAGS".casefold())  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(BASE + "/" + "/users".strip("/"))  # expect: GET /v2/api/users [USERS_READ] definite


def quoted(number, note):
    requests.put(f"{BASE}/conversations/{quote(number, safe='')}/pin")  # expect: PUT /v2/api/conversations/{contact_number}/pin [CONVERSATIONS_WRITE] definite
    requests.post(f"{BASE}/conversations/{quote_plus(number)}/notes", json={"text": note})  # expect: POST /v2/api/conversations/{contact_number}/notes [NOTES_WRITE] definite
    requests.get(f"{BASE}/conversations?" + urlencode({"q": note}))  # expect: GET /v2/api/conversations [CONVERSATIONS_READ] definite
    requests.get(urlunsplit(("https", "api.withallo.com", "/v2/api/tags", "", "")))  # expect: GET /v2/api/tags [TAGS_READ] definite


def url_objects(ident):
    httpx.get(httpx.URL("https://api.withallo.com/v2/api/tags"))  # expect: GET /v2/api/tags [TAGS_READ] definite
    httpx.get(httpx.URL(HOST).join("/v2/api/users"))  # expect: GET /v2/api/users [USERS_READ] definite
    httpx.get(httpx.URL(HOST).copy_with(path="/v2/api/numbers"))  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    requests.get(str(yarl.URL(HOST) / "v2" / "api" / "threads" / ident))  # expect: GET /v2/api/threads/{id} [THREADS_READ] definite
    requests.get(str(URL(BASE) / "voices"))  # expect: GET /v2/api/voices [AGENTS_READ] definite
    requests.get(str(URL(BASE + "/").join(URL("calendars"))))  # expect: GET /v2/api/calendars [AGENTS_READ] definite
    requests.get(str(URL(HOST).with_path("/v2/api/webhooks")))  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite
    requests.get(str(URL(HOST) / "v2/api/tags" % {"page": 2}))  # expect: GET /v2/api/tags [TAGS_READ] definite


def spelling():
    requests.get("https://api.withallo.com:443/v2/api/tags/")  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get("https://API.withallo.com/v2/api//tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get("https://api.withallo.com/v2/api/tags#all")  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get("https://user:pw@api.withallo.com/v2/api/tags?x=/v2/api/users")  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get("https://api.withallo.com/V2/API/TAGS")  # expect: GET null [] definite
    requests.get("http://api.withallo.com/v2/api/me")  # expect: GET /v2/api/me [] definite
    requests.post("https://api.withallo.com/v1/api/sms#france", json={})  # expect: POST /v1/api/sms [SMS_SEND] definite


def loops(ids):
    for ident in ids:
        requests.get(f"{BASE}/crm/deals/{ident}")  # expect: GET /v2/api/crm/deals/{id} [CRM_READ] definite
    url = BASE
    for part in ("crm", "companies", "search"):
        url += "/" + part
    requests.post(url)  # expect: POST /v2/api/crm/companies/search [CRM_READ] definite
