"""A client that puts its URLs together itself, with httpx.URL, and whose server may come from the environment."""

import os
from dataclasses import dataclass

import httpx
from httpx import URL


@dataclass
class Options:
    method: str
    url: str
    params: dict | None = None

    @classmethod
    def construct(cls, **values):
        return cls(**values)


class Base:
    _client: httpx.Client
    api_key: str

    def __init__(self, *, base_url):
        self._base_url = self._with_slash(URL(base_url))
        self._client = httpx.Client(base_url=base_url)

    def _with_slash(self, url):
        if url.raw_path.endswith(b"/"):
            return url
        return url.copy_with(raw_path=url.raw_path + b"/")

    @property
    def base_url(self):
        return self._base_url

    def _prepared(self, url):
        wanted = URL(url)
        if wanted.is_relative_url:
            return self.base_url.copy_with(raw_path=self.base_url.raw_path + wanted.raw_path.lstrip(b"/"))
        return wanted

    @property
    def auth_headers(self):
        return {}

    def request(self, options):
        headers = httpx.Headers({"Accept": "application/json", **self.auth_headers})
        built = self._client.build_request(
            method=options.method, url=self._prepared(options.url), params=options.params, headers=headers
        )
        return self._client.send(built)

    def get(self, path, *, options=None):
        return self.request(Options.construct(method="get", url=path, **(options or {})))

    def put(self, path, *, options=None):
        return self.request(Options.construct(method="put", url=path, **(options or {})))  # expect: unresolved?


class Allo(Base):
    def __init__(self, *, api_key=None, base_url=None):
        if api_key is None:
            api_key = os.environ.get("ALLO_API_KEY")
        self.api_key = api_key
        if base_url is None:
            base_url = os.environ.get("ALLO_BASE_URL")
        if base_url is None:
            base_url = "https://api.withallo.com"
        super().__init__(base_url=base_url)

    @property
    def tags(self):
        return Tags(self)

    @property
    def auth_headers(self):
        return {"Authorization": f"Api-Key {self.api_key}"}


class Tags:
    def __init__(self, client):
        self._get = client.get

    def list(self, *, page=None):
        options = {}
        if page is not None:
            options["params"] = {"page": page}
        return self._get("/v2/api/tags", options=options)


Allo().tags.list()  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY
Allo().get("https://example.com/v2/api/numbers")
