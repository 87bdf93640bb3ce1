import routes
import requests
from routes import OPERATIONS, Path, Version

HOST = "https://api.withallo.com"


def url(path, version=Version.V2):
    return f"{HOST}/{version.value}/api{path}"


def perform(name, **params):
    op = OPERATIONS[name]
    return requests.request(op.method, url(op.path.format(**params)))


requests.get(url(Path.TAGS))  # expect: GET /v2/api/tags [TAGS_READ] definite
requests.get(url(routes.Path.USER.format(id="usr_1")))  # expect: GET /v2/api/users/{id} [USERS_READ] definite
requests.get(url("/calls", Version.V1))  # expect: GET /v1/api/calls [CONVERSATIONS_READ] definite
perform("person", id=3)  # expect: GET /v2/api/crm/people/{id} [CRM_READ] definite
perform("search")  # expect: POST /v2/api/crm/people/search [CRM_READ] definite
