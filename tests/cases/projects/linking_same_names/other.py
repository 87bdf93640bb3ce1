import requests


def get(path):
    return requests.get("https://api.example.org/v2/api" + path)


class Client:
    def get(self, path):
        return get(path)

    def users(self):
        return self.get("/users")
