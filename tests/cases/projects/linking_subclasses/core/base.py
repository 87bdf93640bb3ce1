import requests


class ApiBase:
    base_url = ""
    key = None

    def _headers(self):
        return {"Authorization": f"Api-Key {self.key}"}

    def _get(self, path):
        return requests.get(self.base_url + path, headers=self._headers())

    def _url(self, *parts):
        return "/".join([self.base_url, *parts])


class Paginated:
    def pages(self, path, size=50):
        page = 1
        while rows := self._get(f"{path}?page={page}&size={size}").json()["data"]:
            yield from rows
            page += 1
