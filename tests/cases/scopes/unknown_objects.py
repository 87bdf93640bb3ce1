"""Objects nobody knows, and URLs nobody knows, in a file that speaks of Allo: their names tell which are clients."""

import os

import requests
from django.conf import settings

from .registry import registry

BASE = "https://api.withallo.com"  # expect: unresolved


class Sender:
    def __init__(self, session, store, allo, seen):
        self.session = session
        self.store = store
        self.allo = allo
        self.seen = seen

    def by_client(self, target):
        return self.session.get(target)  # expect: unresolved

    def by_address(self, store, next_url):
        return self.store.thing.get(next_url)  # expect: unresolved

    def by_allo(self, what):
        return self.allo.get(what)  # expect: unresolved

    def by_key(self, what):
        return registry()["http"].post(what)  # expect: unresolved

    def by_keyword(self, thing, page):
        return thing.delete(url=page)  # expect: unresolved

    def containers(self, session_cache, key, url):
        self.seen.get(url)
        session_cache.get(url)
        self.store.get(key)
        self.session.headers.get(key)
        self.session.params.get(url)

    def words(self, session):
        return session.get("user")


def settings_of_any_server(path):
    requests.get(os.environ["API_URL"] + path)  # expect: unresolved
    requests.get(settings.BACKEND_HOST + path)  # expect: unresolved
    requests.get(settings.BASE_URL)  # expect: unresolved
    requests.post(os.environ["SLACK_WEBHOOK_URL"])
    requests.get(settings.STRIPE_API + path)
    requests.get(os.environ["GITHUB_URL"] + path)
