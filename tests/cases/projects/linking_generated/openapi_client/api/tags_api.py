from openapi_client.api_client import ApiClient


class TagsApi:
    def __init__(self, api_client=None):
        if api_client is None:
            api_client = ApiClient.get_default()
        self.api_client = api_client

    def list_tags(self):
        _param = self._list_tags_serialize()
        return self.api_client.call_api(*_param)  # expect: GET /v2/api/tags [TAGS_READ] definite

    def _list_tags_serialize(self):
        return self.api_client.param_serialize(method="GET", resource_path="/v2/api/tags")

    def remove_tag(self, id, tag):
        _param = self.api_client.param_serialize(
            method="DELETE",
            resource_path="/v2/api/conversations/items/{id}/tags/{tag}",
            path_params={"id": id, "tag": tag},
        )
        return self.api_client.call_api(*_param)  # expect: DELETE /v2/api/conversations/items/{id}/tags/{tag} [TAGS_WRITE] definite

    def list_users(self, page=1):
        return self._listed("/v2/api/users", page)  # expect: GET /v2/api/users [USERS_READ] definite

    def _listed(self, path, page):
        _param = self._listed_serialize(path)
        return self.api_client.call_api(*_param)

    def _listed_serialize(self, path):
        return self.api_client.param_serialize(method="GET", resource_path=path)
