# expect: none
"""Other hosts that look alike, other things named alike: https://api.withallo.com/v2/api/tags is said, never called."""
import os
from urllib.parse import urljoin, urlparse

import httpx
import redis
import requests

BASE = "https://api.withallo.com/v2/api"
HEADERS = {"Accept": "application/json"}
cache = redis.Redis()
PATHS = {f"{BASE}/tags": "tags"}


def look_alikes(path):
    requests.get("https://api.withallo.com.evil.io/v2/api/tags")
    requests.get("https://notapi.withallo.com/v2/api/tags")
    requests.get("https://api-withallo.com/v2/api/tags")
    requests.get("https://api.withallo.co/v2/api/tags")
    requests.get("https://api.withallo.community/v2/api/tags")
    requests.get("https://withallo.example/v2/api/tags")
    requests.get("https://evil.io/api.withallo.com/v2/api/tags")
    requests.get("https://evil.io/#https://api.withallo.com/v2/api/tags")
    requests.get("https://evil.io?u=https://api.withallo.com/v2/api/tags")
    requests.get("https://api.withallo.com@evil.io/v2/api/tags")
    requests.get("https://api.withallo.com:pw@evil.io/v2/api/tags")
    requests.get(r"https://evil.io\.api.withallo.com/".replace("\\", "/") + "v2/api/tags")
    requests.get("https://" + "api.withallo.com" + ".evil.io" + "/v2/api/tags")
    requests.get(f"https://api.withallo.com{'.evil.io'}/v2/api/tags")
    requests.get(BASE.replace("withallo", "example") + "/tags")
    requests.get(urljoin(BASE, "//evil.io/v2/api/tags"))
    httpx.Client(base_url=BASE).get("https://evil.io/v2/api/tags")


def other_allo_servers():
    requests.post("https://mcp.withallo.com/mcp", json={})
    requests.get("https://help.withallo.com/en/v2/api-reference/guides/authentication")
    requests.get("https://web.withallo.com/settings/api")
    requests.get("https://storage.withallo.com/recordings/1.mp3")
    requests.post("https://api.withallo.com/v1/oauth/token", data={"grant_type": "refresh_token"})
    requests.get("https://api.withallo.com/.well-known/oauth-authorization-server")


def same_verbs(queue, orm, response):
    PATHS.get(f"{BASE}/tags")
    cache.get(f"{BASE}/tags")
    cache.delete(BASE + "/tags")
    os.environ.get("https://api.withallo.com/v2/api/tags")
    queue.put({"url": BASE + "/users"})
    orm.filter(url=BASE + "/users").delete()
    response.headers.get("https://api.withallo.com/v2/api/tags")
    dict(a=BASE).get("a")
    set().add(BASE + "/tags")
    {}.pop(BASE + "/tags", None)


def only_made_or_said(log):
    url = f"{BASE}/conversations"
    print(url)
    log.info("GET %s", url)
    urlparse(url).netloc
    httpx.URL(url)
    raise RuntimeError(f"could not reach {BASE}/tags")


def shadowed_by_argument(requests):
    return requests.get


def shadowed_by_local():
    requests = {"https://api.withallo.com/v2/api/tags": 1}
    return requests.get("https://api.withallo.com/v2/api/tags")


class httpx_like:
    @staticmethod
    def get(url):
        return url


def shadowed_by_class():
    httpx = httpx_like
    return httpx.get(BASE + "/tags")
