"""Request objects of urllib whose method or body is settled after they were made, or by a class of the program."""
import json
import urllib.request
from urllib.request import Request, urlopen

BASE = "https://api.withallo.com/v2/api"


class Delete(Request):
    def get_method(self):
        return "DELETE"


class WithMethod(Request):
    """As scripts had it before Python 3.3."""

    def __init__(self, url, verb, **kwargs):
        super().__init__(url, **kwargs)
        self.verb = verb

    def get_method(self):
        return self.verb


def by_class(ident):
    urlopen(Delete(f"{BASE}/crm/views/{ident}"))  # expect: DELETE /v2/api/crm/views/{id} [CRM_DELETE] definite
    urlopen(WithMethod(f"{BASE}/crm/views/{ident}", "PATCH", data=b"{}"))  # expect: PATCH /v2/api/crm/views/{id} [CRM_WRITE] definite
    urlopen(WithMethod(BASE + "/crm/views", verb="GET"))  # expect: GET /v2/api/crm/views [CRM_READ] definite


def perhaps_a_body(body=None):
    req = Request(BASE + "/crm/views")
    if body:
        req.data = json.dumps(body).encode()
    return urlopen(req)  # expect: GET /v2/api/crm/views [CRM_READ] possible; POST /v2/api/crm/views [CRM_WRITE] possible


def first_read_then_written(body):
    req = Request(BASE + "/threads")
    urlopen(req)  # expect: GET /v2/api/threads [THREADS_READ] definite
    req.data = body
    urlopen(req)  # expect: POST /v2/api/threads [THREADS_WRITE] definite
    req.method = "GET"
    urlopen(req)  # expect: GET /v2/api/threads [THREADS_READ] definite


def another_request(ident):
    one = Request(f"{BASE}/crm/views/{ident}")
    two = Request(f"{BASE}/crm/views/{ident}")
    one.get_method = lambda: "DELETE"
    urlopen(two)  # expect: GET /v2/api/crm/views/{id} [CRM_READ] definite
    two.get_method = lambda: chosen()
    urlopen(two)  # expect: unresolved


def verb_function():
    return "PATCH"


def replaced_by_name(ident):
    req = urllib.request.Request(f"{BASE}/crm/views/{ident}", data=b"{}")
    req.get_method = verb_function
    urlopen(req)  # expect: PATCH /v2/api/crm/views/{id} [CRM_WRITE] definite
