"""Clients that generators write: placeholders filled in a loop, keys put into a configuration from outside."""

import os
from urllib.parse import quote

import requests


class Configuration:
    def __init__(self):
        self.host = "https://api.withallo.com"
        self.api_key = {}
        self.api_key_prefix = {}

    def get_api_key_with_prefix(self, identifier):
        if self.api_key.get(identifier) and self.api_key_prefix.get(identifier):
            return self.api_key_prefix[identifier] + " " + self.api_key[identifier]
        elif self.api_key.get(identifier):
            return self.api_key[identifier]


class ApiClient:
    def __init__(self, configuration):
        self.configuration = configuration

    def call_api(self, resource_path, method, path_params=None, header_params=None):
        header_params = header_params or {}
        if path_params:
            path_params = self.sanitize_for_serialization(path_params)
            path_params = self.parameters_to_tuples(path_params)
            for k, v in path_params:
                resource_path = resource_path.replace("{%s}" % k, quote(str(v), safe=""))
        header_params["Authorization"] = self.configuration.get_api_key_with_prefix("ApiKeyAuth")
        return requests.request(method, self.configuration.host + resource_path, headers=header_params)

    def sanitize_for_serialization(self, obj):
        if obj is None or isinstance(obj, (str, int)):
            return obj
        if isinstance(obj, list):
            return [self.sanitize_for_serialization(one) for one in obj]
        return {key: self.sanitize_for_serialization(value) for key, value in obj.items()}

    def parameters_to_tuples(self, params):
        new_params = []
        for k, v in params.items() if isinstance(params, dict) else params:
            new_params.append((k, v))
        return new_params


class NotesApi:
    def __init__(self, api_client):
        self.api_client = api_client

    def get_note(self, id, **kwargs):
        path_params = {}
        if id is not None:
            path_params["id"] = id
        return self.api_client.call_api("/v2/api/conversations/notes/{id}", "GET", path_params)  # expect: GET /v2/api/conversations/notes/{id} [NOTES_READ] definite key=env:ALLO_API_KEY

    def delete_tag(self, id, tag):
        path_params = {}
        if id is not None:
            path_params["id"] = id
        if tag is not None:
            path_params["tag"] = tag
        return self.api_client.call_api("/v2/api/conversations/items/{id}/tags/{tag}", "DELETE", path_params)  # expect: DELETE /v2/api/conversations/items/{id}/tags/{tag} [TAGS_WRITE] definite key=env:ALLO_API_KEY


configuration = Configuration()
configuration.api_key["ApiKeyAuth"] = os.environ["ALLO_API_KEY"]
configuration.api_key_prefix["ApiKeyAuth"] = "Api-Key"
NotesApi(ApiClient(configuration)).get_note("n1")


def grown(names):
    """What piles up in a loop over something unknown is no known path."""
    url = "https://api.withallo.com/v2/api/tags"
    for name in names:
        url = url + "/" + name
    return requests.get(url)  # expect: unresolved; GET /v2/api/tags [TAGS_READ] possible; GET null [] possible?


class Rest:
    """Methods that no caller asks for send nothing."""

    def request(self, method, url):
        if method == "GET":
            return requests.get(url)
        elif method == "HEAD":
            return requests.head(url)
        elif method == "OPTIONS":
            return requests.options(url)
        raise ValueError(method)

    def call(self, path, method):
        return self.request(method, "https://api.withallo.com/v2/api" + path)


Rest().call("/users", "GET")  # expect: GET /v2/api/users [USERS_READ] definite
