"""A file with no sign of the API: unknown URLs are nobody's."""  # expect: none
import requests


def fetch(url, method="GET"):
    requests.get(url)
    return requests.request(method, url + "/users")
