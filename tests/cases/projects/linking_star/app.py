import requests
from consts import *
from limited import *

requests.get(TAGS)  # expect: GET /v2/api/tags [TAGS_READ] definite
requests.get(BASE + "/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite
get_json(NUMBERS)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
get_json(f"{BASE}/users")  # expect: GET /v2/api/users [USERS_READ] definite
