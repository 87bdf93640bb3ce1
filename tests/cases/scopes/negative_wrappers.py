"""Wrappers nobody calls, requests never sent, recordings, next pages: open at most, no need of any scope."""  # expect: none
import httpx
import requests

BASE = "https://api.withallo.com/v2/api"


class Client:
    def __init__(self, session=None):
        self.session = session or requests.Session()

    def request(self, method, path):
        return self.session.request(method, BASE + path)  # expect: unresolved?

    def get(self, path):
        return self.request("GET", path)  # expect: unresolved?


def never_sent(ident):
    request = requests.Request("GET", f"{BASE}/users/{ident}")  # expect: GET /v2/api/users/{id} [USERS_READ] possible?; unresolved?
    return request.url


def never_sent_httpx():
    return httpx.Request("POST", BASE + "/threads").headers  # expect: POST /v2/api/threads [THREADS_WRITE] possible?; unresolved?


def recording(item):
    return requests.get(item["recording_url"], timeout=30).content  # expect: unresolved?


def download(item):
    url = item.get("recording", {}).get("url") or item["media"]
    with httpx.stream("GET", url) as response:  # expect: unresolved?
        return response.read()


def notify(text):
    requests.post("https://hooks.slack.com/services/T0/B0/x", json={"text": text})
    requests.post("https://crm.internal/webhooks/allo", json={"text": text})
