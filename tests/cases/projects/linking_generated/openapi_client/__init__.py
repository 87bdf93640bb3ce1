from openapi_client.api.tags_api import TagsApi
from openapi_client.api_client import ApiClient
from openapi_client.configuration import Configuration
