import acme.allo.api as api
from acme.allo.api import get


def run():
    get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    api.get("/users")  # expect: GET /v2/api/users [USERS_READ] definite
