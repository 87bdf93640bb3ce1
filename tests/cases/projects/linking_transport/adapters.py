import json
import os
import urllib.request


class UrllibSender:
    base = "https://api.withallo.com/v2/api"

    def send(self, method, path):
        request = urllib.request.Request(self.base + path, method=method)
        request.add_header("Authorization", "Api-Key " + os.environ["ALLO_API_KEY"])
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


class FakeSender:
    def __init__(self):
        self.sent = []

    def send(self, method, path):
        self.sent.append((method, path))
        return {}
