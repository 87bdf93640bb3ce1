"""Shapes 36-41, 47-53: partials, finite getattr, dict dispatch, generated clients, conditional and looped paths."""
import asyncio
import os
import posixpath
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import quote

import httpx
import requests

ROOT = "https://api.withallo.com"
B = ROOT + "/v2/api"
H = {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}

post = partial(requests.request, "POST", headers=H)
get_json = partial(requests.get, headers=H)


def search_people(query):
    return post(f"{B}/crm/people/search", json=query)  # expect: POST /v2/api/crm/people/search [CRM_READ] definite key=env:ALLO_API_KEY


def attributes():
    return get_json(B + "/crm/attributes").json()  # expect: GET /v2/api/crm/attributes [CRM_READ] definite key=env:ALLO_API_KEY


VERBS = {"GET": requests.get, "POST": requests.post, "PATCH": requests.patch}


def dispatched(method, path, **kw):
    return VERBS[method](B + path, headers=H, **kw)


def rename_thread(comment_id):
    return dispatched("PATCH", f"/threads/comments/{comment_id}", json={})  # expect: PATCH /v2/api/threads/comments/{comment_id} [THREADS_WRITE] definite key=env:ALLO_API_KEY


class Verb:
    def __init__(self):
        self.session = requests.Session()
        self.session.headers = H

    def call(self, method, path, **kw):
        if method not in ("GET", "DELETE"):
            raise ValueError(method)
        return getattr(self.session, method.lower())(B + path, **kw)


def drop_note(note_id):
    Verb().call("DELETE", f"/conversations/notes/{note_id}")  # expect: DELETE /v2/api/conversations/notes/{id} [NOTES_WRITE] definite


def generated(client: httpx.Client, id: str):
    _kwargs = {
        "method": "get",
        "url": "/v2/api/summary_templates/{id}".format(id=quote(str(id), safe="")),
    }
    response = client.request(**_kwargs)  # expect: GET /v2/api/summary_templates/{id} [SUMMARY_TEMPLATES_READ] possible
    return response.status_code


def prepared(note_id):
    request = requests.Request("DELETE", f"{B}/conversations/notes/{note_id}", headers=H)
    with requests.Session() as session:
        return session.send(request.prepare(), timeout=5)  # expect: DELETE /v2/api/conversations/notes/{id} [NOTES_WRITE] definite key=env:ALLO_API_KEY


def built():
    with httpx.Client(base_url=B, headers=H) as client:
        request = client.build_request("POST", "/analytics/outbound", json={})
        return client.send(request)  # expect: POST /v2/api/analytics/outbound [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY


def conditional(person_id, notes=False):
    path = f"/crm/people/{person_id}/notes" if notes else f"/crm/people/{person_id}"
    return requests.get(B + path, headers=H)  # expect: GET /v2/api/crm/people/{person_id}/notes [NOTES_READ] possible key=env:ALLO_API_KEY; GET /v2/api/crm/people/{id} [CRM_READ] possible key=env:ALLO_API_KEY


def joined(item_id):
    requests.get("/".join([B, "conversations", "items", item_id, "recording"]), headers=H)  # expect: GET /v2/api/conversations/items/{id}/recording [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY
    requests.patch(posixpath.join(B, "conversations/items", item_id, "summary"), headers=H)  # expect: PATCH /v2/api/conversations/items/{id}/summary [CONVERSATIONS_WRITE] definite key=env:ALLO_API_KEY


def augmented(user_id=None):
    url = B
    url += "/users"
    if user_id:
        url += f"/{user_id}"
    return requests.get(url, headers=H)  # expect: GET /v2/api/users [USERS_READ] possible key=env:ALLO_API_KEY; GET /v2/api/users/{id} [USERS_READ] possible key=env:ALLO_API_KEY


def always_augmented(template_id):
    url = B
    url += "/summary_templates"
    url += "/" + template_id
    return requests.delete(url, headers=H)  # expect: DELETE /v2/api/summary_templates/{id} [SUMMARY_TEMPLATES_WRITE] definite key=env:ALLO_API_KEY


async def fan_out(numbers):
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(requests.get, B + "/voices", headers=H)  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY
    await loop.run_in_executor(None, requests.get, B + "/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(get_json, f"{B}/numbers/{n}/agent") for n in numbers]  # expect: GET /v2/api/numbers/{number}/agent [AGENTS_READ] definite key=env:ALLO_API_KEY
        return [f.result() for f in futures]


def loop_over_names(session: requests.Session):
    for name in ("tags", "users", "threads"):
        session.get(f"{B}/{name}")  # expect: GET /v2/api/tags [TAGS_READ] definite; GET /v2/api/users [USERS_READ] definite; GET /v2/api/threads [THREADS_READ] definite


def comprehension():
    return {name: requests.get(f"{B}/{name}", headers=H).json() for name in ["voices", "webhooks"]}  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY; GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_API_KEY


class Injected:
    def __init__(self, send):
        self.send = send

    def offer(self, account):
        return self.send("GET", f"/partner/accounts/{account}/esims/offer")  # expect: GET /v2/api/partner/accounts/{account_id}/esims/offer [PARTNER] definite key=env:ALLO_API_KEY


injected = Injected(send=lambda m, p: requests.request(m, B + p, headers=H))
