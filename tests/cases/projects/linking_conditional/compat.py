try:
    from local_settings import ALLO_BASE
except ImportError:
    ALLO_BASE = "https://api.withallo.com/v2/api"

try:
    import httpx as http
except ModuleNotFoundError:
    import requests as http

try:
    from functools import cache
except ImportError:
    from functools import lru_cache as cache
