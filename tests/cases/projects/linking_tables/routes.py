from enum import Enum, StrEnum
from typing import NamedTuple


class Path(StrEnum):
    TAGS = "/tags"
    USER = "/users/{id}"


class Op(NamedTuple):
    method: str
    path: str


OPERATIONS = {
    "search": Op("POST", "/crm/people/search"),
    "person": Op("GET", "/crm/people/{id}"),
}


class Version(Enum):
    V1 = "v1"
    V2 = "v2"
