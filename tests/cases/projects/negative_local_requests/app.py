from mylib import requests  # expect: none
from mylib.requests import get

requests.get("https://api.withallo.com/v2/api/tags")
get("https://api.withallo.com/v2/api/users")
