"""requests_toolbelt's BaseUrlSession: the base joins as urljoin does, its traps included."""
import os

from requests_toolbelt import sessions
from requests_toolbelt.sessions import BaseUrlSession

session = sessions.BaseUrlSession(base_url="https://api.withallo.com/v2/api/")
session.headers["Authorization"] = f"Api-Key {os.environ['ALLO_API_KEY']}"


class Allo(BaseUrlSession):
    base_url = "https://api.withallo.com/v2/"

    def __init__(self, key):
        super().__init__()
        self.headers.update({"Authorization": "Api-Key " + key})


def tags():
    session.get("tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
    session.get("/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY
    session.get("/tags")  # expect: GET null [] definite key=env:ALLO_API_KEY
    BaseUrlSession("https://api.withallo.com/v2/api").get("tags")  # expect: GET null [] definite
    session.get("https://example.com/v2/api/tags")


def subclassed():
    Allo(os.environ["ALLO_SUB_KEY"]).get("api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_SUB_KEY
