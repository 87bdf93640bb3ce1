import httpx
from fastapi import APIRouter, Depends

from .deps import AlloDep, allo

router = APIRouter(prefix="/v2/api")


@router.get("/tags")
async def tags(client: httpx.AsyncClient = Depends(allo)):
    return (await client.get("/tags")).json()  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY


@router.get("/users/{ident}")
async def user(ident: str, client: AlloDep):
    return (await client.get(f"/users/{ident}")).json()  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY
