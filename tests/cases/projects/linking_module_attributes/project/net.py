import requests

from . import config

session = requests.Session()


def configure():
    session.headers["Authorization"] = f"Api-Key {config.ALLO_KEY}"
