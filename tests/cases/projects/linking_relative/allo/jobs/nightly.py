import requests

from .. import http
from ..constants import BASE
from ..http import headers
from ..users import one


def run(ids):
    for ident in ids:
        one(ident)
    http.send("GET", "/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY via=allo/http.py:13
    requests.get(f"{BASE}/voices", headers=headers())  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY
