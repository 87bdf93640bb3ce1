import os

import openapi_client

configuration = openapi_client.Configuration(
    api_key={"ApiKeyAuth": os.environ["ALLO_API_KEY"]}, api_key_prefix={"ApiKeyAuth": "Api-Key"}
)
with_client = openapi_client.TagsApi(openapi_client.ApiClient(configuration))
with_client.list_tags()
with_client.list_users()
with_client.remove_tag("1", "vip")
