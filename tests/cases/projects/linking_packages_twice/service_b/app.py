from client import get

get("/tags")
get("/users")
