import requests


def get(path):
    return requests.get("https://api.withallo.com/v2/api" + path)


class Client:
    def get(self, path):
        return get(path)

    def users(self):
        return self.get("/users")  # expect: GET /v2/api/users [USERS_READ] definite
