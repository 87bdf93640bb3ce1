"""The rules in force, for all tests of the analysis."""

from pathlib import Path

import pytest

from allo_keyscan.catalog.api import ApiRules, api_rules

RULES = Path(__file__).parents[2] / "rules"


@pytest.fixture(scope="session")
def rules() -> ApiRules:
    return api_rules(str(RULES))
