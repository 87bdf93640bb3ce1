import aiohttp

from worker.settings import settings

_session: aiohttp.ClientSession | None = None


def session() -> aiohttp.ClientSession:
    global _session
    if _session is None:
        _session = aiohttp.ClientSession(settings.allo_url, headers={"Authorization": f"Api-Key {settings.allo_api_key}"})
    return _session


async def call(method, path, **kw):
    async with session().request(method, path, **kw) as response:
        return await response.json()
