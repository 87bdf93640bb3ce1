from .._base import SyncResource


class Tags(SyncResource):
    def list(self):
        return self._get("/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY

    def add(self, item_id: str, name: str):
        return self._post(f"/v2/api/conversations/items/{item_id}/tags", {"name": name})  # expect: POST /v2/api/conversations/items/{id}/tags [TAGS_WRITE] definite key=env:ALLO_API_KEY

    def remove(self, item_id: str, tag_id: str) -> None:
        self._delete(f"/v2/api/conversations/items/{item_id}/tags/{tag_id}")  # expect: DELETE /v2/api/conversations/items/{id}/tags/{tag} [TAGS_WRITE] definite key=env:ALLO_API_KEY
