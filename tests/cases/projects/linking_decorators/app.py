import requests
from lib import authorized, retry

BASE = "https://api.withallo.com/v2/api"


@retry
def get(path, **kw):
    return requests.get(BASE + path, **kw)


@retry(times=5)
@authorized
def post(path, headers=None, json=None):
    return requests.post(BASE + path, headers=headers, json=json)


def run():
    get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    post("/threads", json={})  # expect: POST /v2/api/threads [THREADS_WRITE] definite key=env:ALLO_API_KEY
