from ports import Sender


class Directory:
    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def users(self):
        return self._sender.send("GET", "/users")  # expect: GET /v2/api/users [USERS_READ] definite key=env:ALLO_API_KEY

    def user(self, ident):
        return self._sender.send("GET", f"/users/{ident}")  # expect: GET /v2/api/users/{id} [USERS_READ] definite key=env:ALLO_API_KEY
