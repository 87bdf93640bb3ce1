from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    allo_api_key: str
    allo_url: str = "https://api.withallo.com"


settings = Settings()
