from ._client import Allo, AsyncAllo
