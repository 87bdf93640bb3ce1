"""Shapes 9, 12, 26, 28-30, 54-57, 59: frameworks, workers, secrets, declared clients; as services look."""
import os
from dataclasses import dataclass, field
from functools import wraps

import boto3
import httpx
import requests
from celery import shared_task
from django.conf import settings
from fastapi import Depends, FastAPI
from requests.auth import AuthBase
from tenacity import retry, stop_after_attempt

BASE = "https://api.withallo.com/v2/api"
app = FastAPI()


class AlloAuth(AuthBase):
    def __init__(self, key):
        self.key = key

    def __call__(self, request):
        request.headers["Authorization"] = "Api-Key " + self.key
        return request


def authed_session():
    session = requests.Session()
    session.auth = AlloAuth(os.environ["ALLO_AUTH_KEY"])
    return session


def webhooks():
    return authed_session().get(BASE + "/webhooks").json()  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_AUTH_KEY


def hook(webhook_id):
    return authed_session().get(f"{BASE}/webhooks/{webhook_id}")  # expect: GET /v2/api/webhooks/{webhook_id} [WEBHOOKS_READ_WRITE] definite key=env:ALLO_AUTH_KEY; GET /v2/api/webhooks/event_types [WEBHOOKS_READ_WRITE] possible?


@retry(stop=stop_after_attempt(3))
def steady(method, path, key):
    return requests.request(method, BASE + path, headers={"Authorization": f"Api-Key {key}"})


@shared_task(bind=True, max_retries=5)
def sync_threads(self):
    return steady("GET", "/threads", settings.ALLO_API_KEY).json()  # expect: GET /v2/api/threads [THREADS_READ] definite key=setting:*ALLO_API_KEY


@shared_task
def close_thread(thread_id):
    steady("POST", f"/threads/{thread_id}/resolve", os.environ["ALLO_WRITER_KEY"])  # expect: POST /v2/api/threads/{id}/resolve [THREADS_WRITE] definite key=env:ALLO_WRITER_KEY


def lambda_handler(event, context):
    key = boto3.client("secretsmanager").get_secret_value(SecretId="allo/key")["SecretString"]
    return requests.get(BASE + "/numbers", headers={"Authorization": "Api-Key " + key}).json()  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


async def allo_client():
    async with httpx.AsyncClient(base_url=BASE, headers={"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}) as client:
        yield client


@app.get("/threads/{thread_id}")
async def show_thread(thread_id: str, client: httpx.AsyncClient = Depends(allo_client)):
    response = await client.get(f"/threads/{thread_id}")  # expect: GET /v2/api/threads/{id} [THREADS_READ] definite key=env:ALLO_API_KEY
    return response.json()


@dataclass
class Client:
    api_key: str
    base_url: str = "https://api.withallo.com"
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self):
        self.http.headers["Authorization"] = f"Api-Key {self.api_key}"

    def people(self, query):
        return self.http.post(f"{self.base_url}/v2/api/crm/people/search", json=query)  # expect: POST /v2/api/crm/people/search [CRM_READ] definite


def endpoint(method, template):
    def decorate(function):
        @wraps(function)
        def call(self, *args, **kwargs):
            return self.send(method, template.format(*args, **kwargs))
        return call
    return decorate


class Declared:
    def __init__(self, key):
        self.key = key

    def send(self, method, path):
        return requests.request(method, BASE + path, headers={"Authorization": f"Api-Key {self.key}"})

    @endpoint("GET", "/calendars/{0}")  # expect: GET /v2/api/calendars/{id} [AGENTS_READ] definite
    def calendar(self, calendar_id): ...

    @endpoint("POST", "/threads")  # expect: POST /v2/api/threads [THREADS_WRITE] definite
    def open_thread(self): ...


def follow_pages():
    url = f"{BASE}/conversations"
    with requests.Session() as s:
        s.headers.update(Authorization="Api-Key " + os.environ["ALLO_PAGES_KEY"])
        while url:
            page = s.get(url).json()  # expect: GET /v2/api/conversations [CONVERSATIONS_READ] definite key=env:ALLO_PAGES_KEY; unresolved
            yield from page["data"]
            url = page["pagination"].get("next")


def make_post_request(url, headers=None, data=None):
    try:
        return requests.post(url, headers=headers, json=data)
    except requests.ConnectionError:
        return None


def create_company(name):
    key = settings.ALLO["key"]
    return make_post_request(  # expect: POST /v2/api/crm/companies [CRM_WRITE] definite
        url=f"{BASE}/crm/companies",
        headers={"Authorization": f"Api-Key {key}"},
        data={"name": name},
    )
