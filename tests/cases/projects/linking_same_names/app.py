import allo
import other
from allo import Client as Allo
from other import Client, get

allo.get("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite
other.get("/tags")
get("/tags")
Allo().get("/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite
Client().get("/numbers")
for module in (other,):
    module.get("/voices")
