from .._base import SyncResource


class Users(SyncResource):
    path = "/v2/api/users"

    def list(self, **filters):
        return self._client.get(self.path, **filters)  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY

    def retrieve(self, user_id):
        return self._client.get(f"{self.path}/{user_id}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY
