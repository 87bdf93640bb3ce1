import requests
from django.conf import settings
from django.core.cache import cache


class AlloService:
    def __init__(self):
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Api-Key {settings.ALLO_API_KEY}"

    def _url(self, path):
        return f"{settings.ALLO_API_BASE}/v2/api/{path}"

    def _call(self, method, path, **kw):
        return self.session.request(method, self._url(path), timeout=10, **kw)

    def numbers(self):
        return cache.get_or_set("allo-numbers", lambda: self._call("GET", "numbers").json(), 300)  # expect: GET /v2/api/numbers [PHONE_NUMBERS_READ] definite

    def send_sms(self, number, text):
        url = settings.ALLO_API_BASE + "/v1/api/sms"
        return self.session.post(url, json={"to": number, "text": text})  # expect: POST /v1/api/sms [SMS_SEND] definite
