import os

import requests
from core.base import ApiBase, Paginated


class AlloV2(Paginated, ApiBase):
    base_url = "https://api.withallo.com/v2/api"
    key = os.environ["ALLO_V2_KEY"]

    def threads(self):
        return list(self.pages("/threads"))  # expect: GET /v2/api/threads [THREADS_READ] definite key=env:ALLO_V2_KEY

    def user(self, ident):
        return requests.get(self._url("users", ident), headers=self._headers())  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_V2_KEY


