from fastapi import APIRouter

router = APIRouter()


@router.get("/tags")
def tags():
    return {"data": []}


@router.post("/threads")
def threads(body: dict):
    return body
