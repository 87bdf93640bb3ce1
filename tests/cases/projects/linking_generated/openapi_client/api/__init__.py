from openapi_client.api.tags_api import TagsApi
