import asyncio

from worker import allo
from worker.allo import call, session


async def sync():
    await call("GET", "/v2/api/conversations")  # expect: GET /v2/api/conversations [CONVERSATIONS_READ] definite
    await asyncio.gather(*(allo.call("GET", f"/v2/api/conversations/items/{i}") for i in range(3)))  # expect: GET /v2/api/conversations/items/{id} [CONVERSATIONS_READ] definite
    async with session().get("/v2/api/numbers") as response:  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
        return await response.json()


if __name__ == "__main__":
    asyncio.run(sync())
