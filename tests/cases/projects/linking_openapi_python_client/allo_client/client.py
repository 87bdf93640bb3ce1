import httpx


class AuthenticatedClient:
    def __init__(self, base_url: str, token: str, prefix: str = "Api-Key", auth_header_name: str = "Authorization"):
        self._base_url = base_url
        self.token = token
        self.prefix = prefix
        self.auth_header_name = auth_header_name
        self._headers = {}
        self._client = None

    def get_httpx_client(self) -> httpx.Client:
        if self._client is None:
            self._headers[self.auth_header_name] = f"{self.prefix} {self.token}" if self.prefix else self.token
            self._client = httpx.Client(base_url=self._base_url, headers=self._headers)
        return self._client
