"""The operator module's callables, argparse's defaults by parser, patterns that tell one action from another."""

import argparse
import os
from operator import attrgetter, methodcaller

import requests

BASE = "https://api.withallo.com"
HEADERS = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}

session = requests.Session()
session.headers.update(HEADERS)
methodcaller("get", f"{BASE}/v2/api/tags")(session)  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
post = methodcaller("post", f"{BASE}/v2/api/threads", json={})
post(session)  # expect: POST /v2/api/threads [THREADS_WRITE] definite key=env:ALLO_API_KEY
attrgetter("get")(session)(f"{BASE}/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY


class Client:
    def __init__(self, http):
        self.http = http

    def fetch(self, path):
        return self.http.get(BASE + path)


methodcaller("fetch", "/v2/api/numbers")(Client(session))  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
attrgetter("http.get")(Client(session))(BASE + "/v2/api/me")  # expect: GET /v2/api/me [] definite key=env:ALLO_API_KEY


def views(args):
    return requests.get(args.base + "/v2/api/crm/views", headers=HEADERS)  # expect: GET /v2/api/crm/views [CRM_READ] definite


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--path", default="/v2/api/calendars")
    parser.add_argument("--base", default=BASE)
    parser.set_defaults(path="/v2/api/voices")
    commands = parser.add_subparsers()
    commands.add_parser("views").set_defaults(run=views)
    args = parser.parse_args()
    args.run(args)
    return requests.get(BASE + args.path, headers=HEADERS)  # expect: GET /v2/api/voices [AGENTS_READ] definite


def act(action):
    match action:
        case ("get", what):
            return requests.get(f"{BASE}/v2/api/{what}", headers=HEADERS)
        case {"op": "create", "what": what}:
            return requests.post(f"{BASE}/v2/api/{what}", headers=HEADERS)
        case "templates":
            return requests.get(f"{BASE}/v2/api/summary_templates", headers=HEADERS)  # expect: GET /v2/api/summary_templates [SUMMARY_TEMPLATES_READ] definite


act(("get", "crm/attributes"))  # expect: GET /v2/api/crm/attributes [CRM_READ] definite
act({"op": "create", "what": "webhooks"})  # expect: POST /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite
act("templates")


def sent(what):
    """A text, or the parts of a path."""
    if isinstance(what, str):
        path = f"/v2/api/{what}"
    elif isinstance(what, (list, tuple)):
        path = "/v2/api/" + "/".join(what)
    else:
        path = what.path
    return requests.get(BASE + path, headers=HEADERS)


sent("webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite
sent(["webhooks", "event_types"])  # expect: GET /v2/api/webhooks/event_types [WEBHOOKS_READ_WRITE] definite
