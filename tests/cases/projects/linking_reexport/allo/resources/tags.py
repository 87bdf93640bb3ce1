from .base import Resource


class Tags(Resource):
    def list(self):
        return self._client.request("GET", "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY via=allo/_client.py:20

    def add(self, item, tag):
        return self._client.request("POST", f"/conversations/items/{item}/tags", json={"tag": tag})  # expect: POST /v2/api/conversations/items/{id}/tags [TAGS_WRITE] definite key=env:ALLO_API_KEY via=allo/_client.py:20
