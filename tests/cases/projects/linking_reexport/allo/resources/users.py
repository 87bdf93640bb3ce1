from .base import Resource


class Users(Resource):
    def me(self):
        return self._client.request("GET", "/me")  # expect: GET /v2/api/me [] definite key=env:ALLO_API_KEY via=allo/_client.py:20

    def find(self, ident):
        return self._client.request("GET", "/users/" + ident)  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY via=allo/_client.py:20
