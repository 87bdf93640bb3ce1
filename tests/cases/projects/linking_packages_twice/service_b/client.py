import requests

BASE = "https://api.example.org/v2/api"


def get(path):
    return requests.get(BASE + path)
