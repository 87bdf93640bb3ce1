from session import fetch  # a cycle: works because session imports the module, not names


def parse(data):
    return [Tag(**row) for row in data["data"]]


class Tag:
    def __init__(self, **fields):
        self.fields = fields

    @classmethod
    def all(cls):
        return fetch("/tags")  # expect: GET /v2/api/tags [TAGS_READ] definite

    def again(self):
        import session

        return session.fetch("/users")  # expect: GET /v2/api/users [USERS_READ] definite
