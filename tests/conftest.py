"""What holds for every test."""

from collections.abc import Iterator

import pytest
from warm import Server

from allo_keyscan.cache import FOLDER_VARIABLE


@pytest.fixture(scope="session", autouse=True)
def no_cache_of_the_developer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Facts are kept in a folder of this test run, also by the processes it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def warm() -> Iterator[Server]:
    """A process that has the command loaded (warm.py)."""
    server = Server()
    yield server
    server.close()
