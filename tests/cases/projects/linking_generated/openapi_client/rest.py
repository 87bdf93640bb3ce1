import urllib3


class RESTClientObject:
    def __init__(self, configuration):
        self.pool_manager = urllib3.PoolManager(num_pools=4)

    def request(self, method, url, headers=None, body=None, _request_timeout=None):
        method = method.upper()
        assert method in ["GET", "HEAD", "DELETE", "POST", "PUT", "PATCH", "OPTIONS"]
        return self.pool_manager.request(method, url, body=body, headers=headers, timeout=_request_timeout)
