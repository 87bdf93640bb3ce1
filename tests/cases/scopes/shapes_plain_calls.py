"""Shapes 1-5 and 14-18 of the guide: module constants, literals, f-strings, home-made helpers, query strings."""
import os
from urllib.parse import urlencode

import requests
from dotenv import load_dotenv

load_dotenv()
BASE = "https://api.withallo.com/v2/api"
KEY = os.environ["ALLO_API_KEY"]
HEADERS = {"Authorization": f"Api-Key {KEY}", "Accept": "application/json"}


def thread_of(thread_id):
    url = f"{BASE}/threads/{thread_id}"
    response = requests.get(url, headers=HEADERS, timeout=10)  # expect: GET /v2/api/threads/{id} [THREADS_READ] definite key=env:ALLO_API_KEY
    response.raise_for_status()
    return response.json()["data"]


def templates():
    return requests.get(BASE + "/summary_templates", headers=HEADERS).json()  # expect: GET /v2/api/summary_templates [SUMMARY_TEMPLATES_READ] definite key=env:ALLO_API_KEY


def voices():
    return requests.get("https://api.withallo.com/v2/api/voices", headers=HEADERS).json()  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY


def comment(thread_id, text, author_key):
    headers = {
        "Authorization": "Api-Key " + author_key,
        "Content-Type": "application/json",
    }
    payload = {"text": text}
    url = BASE + "/threads/" + thread_id + "/comments"
    r = requests.post(url, json=payload, headers=headers)  # expect: POST /v2/api/threads/{id}/comments [THREADS_WRITE] definite key=parameter:comment.author_key
    return r.status_code == 201


def api(method, path, **options):
    return requests.request(method, BASE + path, headers=HEADERS, **options)


def resolve(thread_id):
    api("POST", f"/threads/{thread_id}/resolve")  # expect: POST /v2/api/threads/{id}/resolve [THREADS_WRITE] definite key=env:ALLO_API_KEY


def reopen(thread_id):
    api("POST", "/threads/{}/unresolve".format(thread_id))  # expect: POST /v2/api/threads/{id}/unresolve [THREADS_WRITE] definite key=env:ALLO_API_KEY


def lower_case_methods(note_id):
    requests.request("patch", f"{BASE}/conversations/notes/{note_id}", json={"text": ""}, headers=HEADERS)  # expect: PATCH /v2/api/conversations/notes/{id} [NOTES_WRITE] definite key=env:ALLO_API_KEY
    requests.request(method="get", url=f"{BASE}/conversations/notes/{note_id}", headers=HEADERS)  # expect: GET /v2/api/conversations/notes/{id} [NOTES_READ] definite key=env:ALLO_API_KEY
    requests.request(url=BASE + "/calendars", method="GET", headers=HEADERS)  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_API_KEY


def fetch(url):
    return requests.get(url, headers=HEADERS).json()


def both():
    fetch(f"{BASE}/crm/attributes")  # expect: GET /v2/api/crm/attributes [CRM_READ] definite key=env:ALLO_API_KEY
    return fetch(BASE + "/crm/views")  # expect: GET /v2/api/crm/views [CRM_READ] definite key=env:ALLO_API_KEY


def person(person_id):
    requests.get("{}/crm/people/{}".format(BASE, person_id), headers=HEADERS)  # expect: GET /v2/api/crm/people/{id} [CRM_READ] definite key=env:ALLO_API_KEY
    requests.put("%s/crm/people/%s" % (BASE, person_id), json={}, headers=HEADERS)  # expect: PUT /v2/api/crm/people/{id} [CRM_WRITE] definite key=env:ALLO_API_KEY
    requests.get("{base}/crm/people/{pid}/notes".format(base=BASE, pid=person_id), headers=HEADERS)  # expect: GET /v2/api/crm/people/{person_id}/notes [NOTES_READ] definite key=env:ALLO_API_KEY
    requests.post("%(base)s/crm/people/%(pid)s/notes" % {"base": BASE, "pid": person_id}, headers=HEADERS)  # expect: POST /v2/api/crm/people/{person_id}/notes [NOTES_WRITE] definite key=env:ALLO_API_KEY


def pages(size=50):
    page = 1
    while True:
        url = BASE + "/threads?page=" + str(page) + "&size=" + str(size)
        data = requests.get(url, headers=HEADERS).json()  # expect: GET /v2/api/threads [THREADS_READ] definite key=env:ALLO_API_KEY
        if not data["data"]:
            break
        page += 1
    requests.get(f"{BASE}/numbers?{urlencode({'page': page})}", headers=HEADERS)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
    requests.get(f"{BASE}/users", params={"page": page}, headers=HEADERS)  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY


def exists(tag):
    return requests.head(f"{BASE}/tags", headers=HEADERS).ok  # expect: HEAD null [] definite key=env:ALLO_API_KEY
