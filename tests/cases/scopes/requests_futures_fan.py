"""requests-futures: the session's methods answer with futures."""
import os
from concurrent.futures import as_completed

from requests_futures.sessions import FuturesSession

with FuturesSession(max_workers=8) as session:
    session.headers.update({"Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"})
    futures = [
        session.get(f"https://api.withallo.com/v2/api/users/{ident}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY
        for ident in ("a", "b")
    ]
    for future in as_completed(futures):
        print(future.result().json())
    session.get("https://example.com/v2/api/tags").result()
