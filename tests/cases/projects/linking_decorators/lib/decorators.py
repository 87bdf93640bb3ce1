import functools
import os
import time


def retry(function=None, *, times=3):
    if function is None:
        return functools.partial(retry, times=times)

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        for attempt in range(times):
            response = function(*args, **kwargs)
            if response.status_code < 500:
                return response
            time.sleep(attempt)
        return response

    return wrapper


def authorized(function):
    @functools.wraps(function)
    def wrapper(*args, headers=None, **kwargs):
        headers = {**(headers or {}), "Authorization": f"Api-Key {os.environ['ALLO_API_KEY']}"}
        return function(*args, headers=headers, **kwargs)

    return wrapper
