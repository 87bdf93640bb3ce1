import os

from allo_client import AuthenticatedClient
from allo_client.api.users import get_user

client = AuthenticatedClient(base_url="https://api.withallo.com", token=os.environ["ALLO_API_KEY"])
get_user.sync_detailed("usr_1", client=client)
