__all__ = ["NUMBERS", "get_json"]
import requests

from consts import BASE

NUMBERS = BASE + "/numbers"
BASE = "https://example.org"


def get_json(url):
    return requests.get(url).json()


def hidden(url):
    return requests.get(url)
