def call(method, path):
    import os

    from requests import request

    return request(method, "https://api.withallo.com/v2/api" + path, headers={"Authorization": "Api-Key " + os.environ["ALLO_API_KEY"]})
