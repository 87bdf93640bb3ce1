import os
from collections.abc import AsyncIterator
from typing import Annotated

import httpx
from fastapi import Depends


async def allo() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url="https://api.withallo.com/v2/api",
        headers={"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"},
    ) as client:
        yield client


AlloDep = Annotated[httpx.AsyncClient, Depends(allo)]
