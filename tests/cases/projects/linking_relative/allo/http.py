import os

import requests

from .constants import BASE


def headers():
    return {"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}


def send(method, path, **kw):
    return requests.request(method, BASE + path, headers=headers(), **kw)


def get(path, **params):
    return send("GET", path, params=params)
