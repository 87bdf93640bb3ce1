# expect: none
"""Server side: routes with Allo's paths, handlers of Allo's webhooks, gateways that only declare (api.withallo.com)."""
import hashlib
import hmac
import os

from aiohttp import web
from django.http import JsonResponse
from django.urls import path
from fastapi import APIRouter, FastAPI, Request
from flask import Blueprint, Flask, jsonify, request
from starlette.routing import Route

app = FastAPI(servers=[{"url": "https://api.withallo.com"}])
router = APIRouter(prefix="/v2/api")
flask_app = Flask(__name__)
blueprint = Blueprint("allo", __name__, url_prefix="/v2/api")


@app.get("/v2/api/conversations")
async def conversations():
    return {"data": []}


@app.delete("/v2/api/crm/views/{view_id}")
async def drop(view_id: str):
    return None


@router.post("/conversations/items/search")
async def search(body: dict):
    return body


@flask_app.route("/v2/api/tags", methods=["GET", "POST"])
def tags():
    return jsonify(request.args.get("https://api.withallo.com/v2/api/tags"))


@blueprint.get("/users")
def users():
    return []


app.add_api_route("/v2/api/numbers", conversations, methods=["GET"])
flask_app.add_url_rule("/v2/api/users", view_func=users)
routes = [web.get("/v2/api/tags", conversations), Route("/v2/api/users", conversations)]
aio = web.Application()
aio.router.add_get("/v2/api/tags", conversations)
aio.router.add_post("/v2/api/threads", search)
urlpatterns = [path("v2/api/tags", lambda request: JsonResponse({}))]


@app.post("/webhooks/allo")
async def received(request: Request):
    body = await request.body()
    signature = request.headers.get("webhook-signature", "")
    secret = os.environ["ALLO_WEBHOOK_SECRET"].encode()
    return {"ok": hmac.compare_digest(hmac.new(secret, body, hashlib.sha256).hexdigest(), signature)}
