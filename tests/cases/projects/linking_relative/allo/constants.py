"""Where the API is."""
HOST = "https://api.withallo.com"
BASE = f"{HOST}/v2/api"
ENDPOINTS = {"tags": "/tags", "user": "/users/{id}"}
