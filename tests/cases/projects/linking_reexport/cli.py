import os

import allo
from allo import Client, connect


def main():
    client = connect()
    client.tags.list()
    client.request("GET", "/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY via=allo/_client.py:20
    allo.connect().request("GET", "/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite key=env:ALLO_API_KEY via=allo/_client.py:20
    allo.Client(os.environ["ALLO_API_KEY"]).request("GET", "/threads")  # expect: GET /v2/api/threads [THREADS_READ] definite key=env:ALLO_API_KEY via=allo/_client.py:20
    annotated(client)


def annotated(client: Client):
    client.request("POST", "/threads")  # expect: POST /v2/api/threads [THREADS_WRITE] definite key=env:ALLO_API_KEY via=allo/_client.py:20


main()
