# %% [markdown]
# Shape 58: cells in the percent format, the key in one cell, calls in others, await at top level.
# %%
import os

import aiohttp
import requests

API_KEY = os.getenv("ALLO_API_KEY", "")
headers = {"Authorization": f"Api-Key {API_KEY}"}
base = "https://api.withallo.com/v2/api"

# %%
me = requests.get(f"{base}/me", headers=headers).json()  # expect: GET /v2/api/me [] definite key=env:ALLO_API_KEY
me["data"]["scopes"]

# %%
for page in range(1, 4):
    batch = requests.get(f"{base}/conversations", params={"page": page}, headers=headers).json()  # expect: GET /v2/api/conversations [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY
    ids = [item["id"] for item in batch["data"]]
    full = requests.post(f"{base}/conversations/items/batch", json={"ids": ids}, headers=headers)  # expect: POST /v2/api/conversations/items/batch [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY

# %%
session = aiohttp.ClientSession(headers=headers)
response = await session.post(f"{base}/analytics/overview", json={})  # expect: POST /v2/api/analytics/overview [CONVERSATIONS_READ] definite key=env:ALLO_API_KEY
await session.close()
