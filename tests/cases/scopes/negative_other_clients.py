# expect: none
"""Clients of other services, browsers and files, with Allo (api.withallo.com) only in names and texts."""
import logging
import smtplib
import webbrowser
from pathlib import Path

import boto3
import elasticsearch
import httpx
import openai
import paramiko
import requests
import sqlalchemy
from slack_sdk import WebClient

ALLO_DOCS = "https://help.withallo.com/en/v2/api-reference"
ALLO_API = "https://api.withallo.com/v2/api"
log = logging.getLogger("allo.sync")


def storage(allo_calls):
    s3 = boto3.client("s3")
    s3.put_object(Bucket="allo", Key="v2/api/tags", Body=b"")
    s3.get_object(Bucket="allo", Key="/v2/api/tags")
    elasticsearch.Elasticsearch("https://search.internal").get(index="allo", id="/v2/api/tags")
    WebClient(token="x").chat_postMessage(channel="#allo", text=f"see {ALLO_API}/tags")
    openai.OpenAI(base_url="https://llm.internal/v1").post("/v2/api/threads", cast_to=dict)
    engine = sqlalchemy.create_engine("postgresql://allo")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("insert into calls values (:url)"), {"url": ALLO_API + "/tags"})
    paramiko.SSHClient().connect("allo.internal")
    smtplib.SMTP("mail.internal").sendmail("a@example.org", ["b@example.org"], ALLO_API + "/users")


def people():
    webbrowser.open("https://web.withallo.com/settings/api")
    requests.get(ALLO_DOCS)
    requests.get("https://status.withallo.com/api/v2/status.json")
    httpx.get("https://www.withallo.com/api")
    Path("/v2/api/tags").write_text("x")
    open("v2/api/tags").read()


def records(rows, callback):
    table = {(method, path): 0 for method in ("GET", "POST") for path in ("/v2/api/tags", "/v2/api/users")}
    table.get(("GET", "/v2/api/tags"))
    seen = set()
    for row in rows:
        seen.add(row["url"].removeprefix(ALLO_API))
    log.warning("%s calls to %s", len(seen), ALLO_API + "/tags")
    assert ALLO_API + "/tags" not in seen, f"{ALLO_API}/tags was called"
    return {"paths": ["/v2/api/tags"], "post": lambda url: url, "get": callback}


def other_product(session: requests.Session):
    base = "https://api.example.org"
    session.get(base + "/v2/api/tags")
    session.post(f"{base}/v2/api/conversations/items/search", json={})
    with httpx.Client(base_url=base) as client:
        client.get("/v2/api/users")
