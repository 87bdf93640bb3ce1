from client import get

get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
