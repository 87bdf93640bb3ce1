"""Module constants, local URLs and headers built from a key variable."""
import os

import requests
from requests import get as http_get

BASE = "https://api.withallo.com/v2/api"
API_KEY = os.environ["ALLO_API_KEY"]
HEADERS = {"Authorization": f"Api-Key {API_KEY}", "Accept": "application/json"}


def tags():
    return requests.get(BASE + "/tags", headers=HEADERS).json()  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY


def user(user_id: str):
    url = f"{BASE}/users/{user_id}"
    return requests.get(url, headers=HEADERS, timeout=10)  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY


def item(item_id):
    return http_get("%s/conversations/items/%s" % (BASE, item_id), headers={"authorization": "Bearer " + API_KEY})  # expect: GET /v2/api/conversations/items/{id} [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY


def tag_item(item_id, tag):
    headers = dict(HEADERS)
    headers["Content-Type"] = "application/json"
    return requests.post("{}/conversations/items/{}/tags".format(BASE, item_id), json={"tag": tag}, headers=headers)  # expect: POST /v2/api/conversations/items/{id}/tags [TAGS_WRITE] definite key=env:ALLO_API_KEY


def untag(item_id, tag):
    url = BASE
    url += "/conversations/items/" + item_id
    url += f"/tags/{tag}"
    requests.request("delete", url, headers=HEADERS)  # expect: DELETE /v2/api/conversations/items/{id}/tags/{tag} [TAGS_WRITE] definite key=env:ALLO_API_KEY


def archive(number):
    requests.put(f"{BASE}/conversations/{number}/action", json={"action": "archive"}, headers=HEADERS)  # expect: PUT /v2/api/conversations/{contact_number}/action [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY conflict=CONVERSATIONS_WRITE


def invented():
    requests.get(f"{BASE}/contacts", headers=HEADERS)  # expect: GET null [] definite key=env:ALLO_API_KEY
    requests.delete(f"{BASE}/tags", headers=HEADERS)  # expect: DELETE null [] definite key=env:ALLO_API_KEY


def whoami():
    requests.get("https://api.withallo.com:443//v2/api/me/?x=1#y", headers=HEADERS)  # expect: GET /v2/api/me [] definite key=env:ALLO_API_KEY


def page(cursor=None):
    query = f"?cursor={cursor}" if cursor else ""
    requests.get(f"{BASE}/conversations?page=" + str(cursor), headers=HEADERS)  # expect: GET /v2/api/conversations [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY
    requests.get(f"{BASE}/conversations{query}", headers=HEADERS)  # expect: GET /v2/api/conversations [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY


def numbers():
    base = os.getenv("ALLO_BASE_URL", "https://api.withallo.com/")
    requests.get(base.rstrip("/") + "/v2/api/numbers", headers=HEADERS)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY


def search(query):
    key = os.environ.get("WITHALLO_KEY") or "unset"
    requests.post(  # expect: POST /v2/api/conversations/items/search [CONVERSATIONS_READ] definite key=env:WITHALLO_KEY
        url="/".join([BASE, "conversations", "items", "search"]),
        json=query,
        headers={"Authorization": key if key.startswith("Api-Key") else f"Api-Key {key}"},
    )
