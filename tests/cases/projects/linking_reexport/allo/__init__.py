"""A client library: what users import stands in __all__."""
from ._client import AlloClient as Client, connect
from .resources import Tags
from .version import __version__

__all__ = ["Client", "Tags", "connect", "__version__"]
