class Configuration:
    def __init__(self, host=None, api_key=None, api_key_prefix=None):
        self._base_path = "https://api.withallo.com" if host is None else host
        self.api_key = api_key or {}
        self.api_key_prefix = api_key_prefix or {}

    @property
    def host(self):
        return self._base_path

    def get_api_key_with_prefix(self, identifier):
        key = self.api_key.get(identifier)
        prefix = self.api_key_prefix.get(identifier)
        return "%s %s" % (prefix, key) if prefix else key
