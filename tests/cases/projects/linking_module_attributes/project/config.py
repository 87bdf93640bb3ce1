import os

ALLO_BASE = os.environ.get("ALLO_BASE", "https://api.withallo.com/v2/api")
ALLO_KEY = os.environ["ALLO_KEY"]
TIMEOUT = 10


class Allo:
    BASE = ALLO_BASE
    KEY = ALLO_KEY
