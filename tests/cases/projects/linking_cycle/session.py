import requests

import models

BASE = "https://api.withallo.com/v2/api"


def fetch(path):
    return models.parse(requests.get(BASE + path).json())


def reload():
    return models.Tag.all()
