"""Shapes 37, 54, 56, 57, 59: Airflow, secrets of hosting frameworks, declared clients, other makers' sessions."""
import os

import grequests
import keyring
import requests
import streamlit as st
import uplink
from airflow.decorators import task
from airflow.providers.http.hooks.http import HttpHook
from flask import current_app
from requests_cache import CachedSession
from requests_oauthlib import OAuth2Session

BASE = "https://api.withallo.com/v2/api"


@task
def pull_tags():
    hook = HttpHook(method="GET", http_conn_id="allo_api")
    return hook.run(endpoint="v2/api/tags").json()  # expect: GET /v2/api/tags [TAGS_READ] possible


def streamlit_page():
    key = st.secrets["ALLO_API_KEY"]
    st.json(requests.get(f"{BASE}/users", headers={"Authorization": f"Api-Key {key}"}).json())  # expect: GET /v2/api/users [USERS_READ] definite


def in_flask():
    headers = {"Authorization": "Api-Key " + current_app.config["ALLO_API_KEY"]}
    return requests.get(BASE + "/numbers", headers=headers).json()  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


def from_keyring():
    password = keyring.get_password("allo", "api")
    return requests.get(BASE + "/voices", headers={"Authorization": f"Api-Key {password}"})  # expect: GET /v2/api/voices [AGENTS_READ] definite


class Allo(uplink.Consumer):
    @uplink.returns.json
    @uplink.get("v2/api/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite
    def calendars(self): ...

    @uplink.post("v2/api/threads/{thread_id}/resolve")  # expect: POST /v2/api/threads/{id}/resolve [THREADS_WRITE] definite
    def resolve(self, thread_id): ...


allo = Allo(base_url="https://api.withallo.com/")


def cached():
    session = CachedSession("allo", expire_after=300)
    session.headers["Authorization"] = "Api-Key " + os.environ["ALLO_API_KEY"]
    return session.get(f"{BASE}/webhooks").json()  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite key=env:ALLO_API_KEY


def oauth(token):
    return OAuth2Session(token=token).get(BASE + "/me").json()  # expect: GET /v2/api/me [] definite


def many(ids):
    sent = (grequests.get(f"{BASE}/threads/{ident}") for ident in ids)  # expect: GET /v2/api/threads/{id} [THREADS_READ] definite
    return grequests.map(sent)


def by_name(verb, ident):
    send = getattr(requests, verb)
    return send(f"{BASE}/crm/views/{ident}")


by_name("delete", "v_1")  # expect: DELETE /v2/api/crm/views/{id} [CRM_DELETE] definite
by_name("get", "v_1")  # expect: GET /v2/api/crm/views/{id} [CRM_READ] definite


class Coordinator:
    """As an integration of a home server has it: one shared helper, one session given by the host."""

    def __init__(self, hass, session: requests.Session):
        self.hass = hass
        self._session = session

    def _fetch(self, path):
        return self._session.get(f"https://api.withallo.com{path}", timeout=10).json()

    async def async_update(self):
        tags = await self.hass.async_add_executor_job(self._fetch, "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
        users = await self.hass.async_add_executor_job(lambda: self._fetch("/v2/api/users"))  # expect: GET /v2/api/users [USERS_READ] definite
        return tags, users
