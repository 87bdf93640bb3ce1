from .._base import SyncResource


class Items(SyncResource):
    def search(self, query):
        return self._post("/v2/api/conversations/items/search", query)  # expect: POST /v2/api/conversations/items/search [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY


class Conversations(SyncResource):
    @property
    def items(self):
        return Items(self._client)

    def list(self, page=None):
        return self._client._request("GET", "/v2/api/conversations", params={"page": page})  # expect: GET /v2/api/conversations [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY
