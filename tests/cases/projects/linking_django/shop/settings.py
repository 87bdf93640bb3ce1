import os

INSTALLED_APPS = ["shop.telephony"]
ALLO_API_BASE = "https://api.withallo.com"
ALLO_API_KEY = os.environ["ALLO_API_KEY"]
