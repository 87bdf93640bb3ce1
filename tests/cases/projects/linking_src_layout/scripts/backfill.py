#!/usr/bin/env python3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from allo_sync import client, jobs
from allo_sync.client import make_client

http = make_client()
http.post("/v2/api/conversations/items/batch", json={"ids": sys.argv[1:]})  # expect: POST /v2/api/conversations/items/batch [CONVERSATIONS_READ] definite key=env:ALLO_SYNC_KEY
client.make_client().get("/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_SYNC_KEY
jobs.calls(http)
