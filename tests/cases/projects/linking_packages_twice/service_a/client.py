import requests

BASE = "https://api.withallo.com/v2/api"


def get(path):
    return requests.get(BASE + path)
