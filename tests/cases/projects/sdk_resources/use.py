import asyncio

from allo_sdk import Allo, AsyncAllo

client = Allo()
client.tags.list()
client.users.retrieve("u_1")
client.conversations.items.search({"text": "hello"})
client.get("/v2/api/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY


async def main():
    async with AsyncAllo() as allo:
        await allo.numbers()


asyncio.run(main())
