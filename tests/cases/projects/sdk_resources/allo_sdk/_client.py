from __future__ import annotations

import os
from functools import cached_property

import httpx

from ._base import DEFAULT_BASE, SyncTransport
from .resources import Conversations, Tags, Users


class Allo(SyncTransport):
    tags: Tags
    users: Users

    def __init__(self, api_key: str | None = None, base_url: str | None = None, **options) -> None:
        if api_key is None:
            api_key = os.environ.get("ALLO_API_KEY")
        if api_key is None:
            raise ValueError("api_key")
        if base_url is None:
            base_url = os.environ.get("ALLO_BASE_URL", DEFAULT_BASE)
        super().__init__(base_url=base_url, api_key=api_key, **options)
        self.tags = Tags(self)
        self.users = Users(self)

    @cached_property
    def conversations(self) -> Conversations:
        from .resources.conversations import Conversations

        return Conversations(self)


class AsyncAllo:
    """The same for asyncio, in fewer words."""

    def __init__(self, api_key: str | None = None) -> None:
        self._http = httpx.AsyncClient(
            base_url=DEFAULT_BASE,
            headers={"Authorization": f"Api-Key {api_key or os.environ['ALLO_ASYNC_KEY']}"},
        )

    async def __aenter__(self) -> AsyncAllo:
        return self

    async def __aexit__(self, *exc) -> None:
        await self._http.aclose()

    async def numbers(self):
        return (await self._http.get("/v2/api/numbers")).json()  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_ASYNC_KEY
