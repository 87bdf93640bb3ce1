# expect: none
"""A stand-in for api.withallo.com, and its tests in the process."""
from fastapi import FastAPI

from .routes import router

app = FastAPI()
app.include_router(router, prefix="/v2/api")
