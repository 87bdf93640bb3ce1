from typing import Any
from urllib.parse import quote

from ...client import AuthenticatedClient


def _get_kwargs(id: str) -> dict[str, Any]:
    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v2/api/users/{id}".format(id=quote(str(id), safe="")),
    }
    return _kwargs


def sync_detailed(id: str, *, client: AuthenticatedClient):
    kwargs = _get_kwargs(id=id)
    response = client.get_httpx_client().request(**kwargs)  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY
    return response.status_code
