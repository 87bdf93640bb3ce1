import os

from core.base import ApiBase


class AlloV1(ApiBase):
    def __init__(self):
        self.base_url = "https://api.withallo.com/v1/api"
        self.key = os.environ["ALLO_V1_KEY"]

    def contacts(self):
        return self._get("/contacts")  # expect: GET /v1/api/contacts [CONTACTS_READ] definite key=env:ALLO_V1_KEY

    def calls(self):
        return super()._get("/calls")  # expect: GET /v1/api/calls [CONVERSATIONS_READ] definite key=env:ALLO_V1_KEY
