from urllib.parse import quote

from openapi_client import rest
from openapi_client.configuration import Configuration


class ApiClient:
    _default = None

    def __init__(self, configuration=None, header_name=None, header_value=None):
        self.configuration = configuration or Configuration()
        self.rest_client = rest.RESTClientObject(self.configuration)
        self.default_headers = {}
        if header_name is not None:
            self.default_headers[header_name] = header_value

    @classmethod
    def get_default(cls):
        if cls._default is None:
            cls._default = ApiClient()
        return cls._default

    def param_serialize(self, method, resource_path, path_params=None, header_params=None, body=None, _host=None):
        header_params = dict(header_params or {})
        header_params.update(self.default_headers)
        if path_params:
            for name, value in path_params.items():
                resource_path = resource_path.replace("{%s}" % name, quote(str(value), safe=""))
        header_params["Authorization"] = self.configuration.get_api_key_with_prefix("ApiKeyAuth")
        url = (self.configuration.host if _host is None else _host) + resource_path
        return method, url, header_params, body

    def call_api(self, method, url, header_params=None, body=None):
        return self.rest_client.request(method, url, headers=header_params, body=body)
