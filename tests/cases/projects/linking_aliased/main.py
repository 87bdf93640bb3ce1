import requests
import vendorapi.config
import vendorapi.config as cfg
import vendorapi.core.client
import vendorapi.core.client as c
from vendorapi.config import BASE as ROOT, paths as p
from vendorapi.core import client
from vendorapi.core.client import call as do, http as session

do("GET", "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
c.call("GET", "/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY
client.call("GET", "/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
vendorapi.core.client.call("POST", "/threads")  # expect: POST /v2/api/threads [THREADS_WRITE] definite key=env:ALLO_API_KEY
session.get("/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY
c.http.get("/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite key=env:ALLO_API_KEY
requests.get(cfg.BASE + "/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite
requests.get(vendorapi.config.BASE + vendorapi.config.paths.threads)  # expect: GET /v2/api/threads [THREADS_READ] definite
requests.get(ROOT + p.threads)  # expect: GET /v2/api/threads [THREADS_READ] definite
