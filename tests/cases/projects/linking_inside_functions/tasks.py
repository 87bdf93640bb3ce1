def tags():
    from api import call

    return call("GET", "/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite key=env:ALLO_API_KEY


class Task:
    def run(self):
        import api as a

        return a.call("GET", "/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY

    def lazily(self):
        import importlib

        return importlib.import_module("api").call("GET", "/numbers")  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite key=env:ALLO_API_KEY
