# expect: none
"""requests is a class of this module: not the library."""

class requests:
    calls: list[str] = []

    @classmethod
    def get(cls, url, **kw):
        cls.calls.append(url)


def run():
    requests.get("https://api.withallo.com/v2/api/tags")


def read():
    return [url for url in requests.calls if url.startswith("https://api.withallo.com/v2/api")]
