from client import Allo
from keys import reader, writer


def run(item, tenant_key):
    reader.call("GET", "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_READ_KEY via=client.py:10
    writer().call("POST", f"/conversations/items/{item}/tags")  # expect: POST /v2/api/conversations/items/{id}/tags [TAGS_WRITE] definite key=env:ALLO_WRITE_KEY via=client.py:10
    both = [reader, writer()]
    for client in both:
        client.call("GET", "/me")  # expect: GET /v2/api/me [] definite key=env:ALLO_READ_KEY via=client.py:10; GET /v2/api/me [] definite key=env:ALLO_WRITE_KEY via=client.py:10
    Allo(tenant_key).call("GET", "/users")  # expect: GET /v2/api/users [USERS_READ] definite key=parameter:run.tenant_key via=client.py:10
