import requests

from project import config, net

from .config import Allo


def direct():
    requests.get(config.ALLO_BASE + "/tags", headers={"Authorization": "Api-Key " + config.ALLO_KEY})  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_KEY
    requests.get(f"{Allo.BASE}/users", headers={"Authorization": f"Api-Key {Allo.KEY}"})  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_KEY
    requests.get(f"{config.Allo.BASE}/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


def shared():
    net.configure()
    net.session.get(config.ALLO_BASE + "/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_KEY
    s = net.session
    s.post(config.ALLO_BASE + "/threads")  # expect: POST /v2/api/threads [THREADS_WRITE] definite key=env:ALLO_KEY
