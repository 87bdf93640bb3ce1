"""Bases with a default, in every place where settings are kept, and bases that only a name speaks for."""
import configparser
import os
from collections import ChainMap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

import attrs
import click
import environ
import requests
import typer
from decouple import config as decoupled
from django.conf import settings
from flask import current_app

HOST = "https://api.withallo.com"
DEFAULTS = {"base": HOST, "version": "v2"}
parser = configparser.ConfigParser()
env = environ.Env(ALLO_URL=(str, HOST))


def with_default(overrides: Optional[dict] = None):
    requests.get(getattr(settings, "ALLO_BASE_URL", HOST) + "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(parser.get("allo", "url", fallback=HOST) + "/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get(current_app.config.get("ALLO_URL", HOST) + "/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    requests.get(decoupled("ALLO_URL", default="https://api.withallo.com") + "/v2/api/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite
    requests.get((os.environ.get("ALLO_URL") or settings.ALLO_URL or HOST) + "/v2/api/threads")  # expect: GET /v2/api/threads [THREADS_READ] definite
    requests.get(DEFAULTS["base"] + "/" + DEFAULTS["version"] + "/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    merged = {**DEFAULTS, **(overrides or {})}
    requests.get(merged["base"] + "/v2/api/calendars")  # expect: GET /v2/api/calendars [AGENTS_READ] definite
    requests.get(ChainMap(overrides or {}, DEFAULTS)["base"] + "/v2/api/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] definite
    requests.get(os.environ.get("ALLO_URL", HOST).rstrip("/") + "/v2/api/crm/views")  # expect: GET /v2/api/crm/views [CRM_READ] definite
    requests.get(f"{os.environ.get('ALLO_SCHEME', 'https')}://api.withallo.com/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(f"https://{os.getenv('ALLO_HOST', 'api.withallo.com')}/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] definite
    try:
        base = os.environ["ALLO_URL"]
    except KeyError:
        base = HOST
    requests.get(base + "/v2/api/crm/attributes")  # expect: GET /v2/api/crm/attributes [CRM_READ] definite
    base = os.environ["ALLO_URL"] if "ALLO_URL" in os.environ else HOST
    requests.get(base + "/v2/api/summary_templates")  # expect: GET /v2/api/summary_templates [SUMMARY_TEMPLATES_READ] definite


@click.command()
@click.option("--base", default=HOST, show_default=True)
@click.option("--key", envvar="ALLO_API_KEY")
def by_click(base, key):
    requests.get(f"{base}/v2/api/tags", headers={"Authorization": f"Api-Key {key}"})  # expect: GET /v2/api/tags [TAGS_READ] definite


def by_typer(base: str = typer.Option(HOST, envvar="ALLO_URL")):
    requests.get(base + "/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] definite


@attrs.define
class ByAttrs:
    base: str = HOST
    headers: dict = attrs.field(factory=dict)

    def numbers(self):
        return requests.get(f"{self.base}/v2/api/numbers", headers=self.headers)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite


@dataclass
class ByFactory:
    base: str = field(default_factory=lambda: os.environ.get("ALLO_URL", HOST))

    def voices(self):
        return requests.get(f"{self.base}/v2/api/voices")  # expect: GET /v2/api/voices [AGENTS_READ] definite


def named_only(allo_url, base_url):
    requests.get(os.environ["ALLO_URL"] + "/v2/api/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
    requests.get(settings.ALLO_API_BASE + "/v2/api/users")  # expect: GET /v2/api/users [USERS_READ] definite
    requests.get(allo_url + "/v2/api/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
    requests.get(base_url + "/v2/api/threads")  # expect: GET /v2/api/threads [THREADS_READ] possible
    requests.get(os.environ["UPSTREAM"] + "/v2/api/voices")  # expect: GET /v2/api/voices [AGENTS_READ] possible
    requests.get(os.environ["ALLO_URL"] + "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite|possible
    requests.get(os.environ["ALLO_URL"])  # expect: unresolved
    requests.get(Path("url.txt").read_text().strip() + "/v2/api/webhooks")  # expect: GET /v2/api/webhooks [WEBHOOKS_READ_WRITE] possible
    requests.get(os.environ["SLACK_URL"] + "/hooks/allo")
