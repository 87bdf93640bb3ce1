import requests

ROOT = "https://api.withallo.com/v2/api"


def get(path):
    return requests.get(ROOT + path)
