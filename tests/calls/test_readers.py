"""What is read from the environment, settings classes and command lines: by which name, and with which default."""

import pytest
from folded import evaluated

from allo_keyscan.calls.domain import Hole, Text, text_of

URL = "https://a.example"


def hole(name: str, default: str | None = None, *, present: bool = False) -> Hole:
    return Hole(f"env:{name}", default=default, present=present)


READ = {
    "import os\nx = os.environ['A']": hole("A", present=True),
    f"import os\nx = os.getenv('A', '{URL}')": hole("A", URL),
    f"from os import environ\nx = environ.get('A', default='{URL}')": hole("A", URL),
    f"import os\nN = 'A'\nx = os.getenv(key=N) or '{URL}'": hole("A", URL),
    f"from environs import Env\nenv = Env()\nx = env.str('A', '{URL}')": hole("A", URL),
    "from environs import Env\nenv = Env()\nenv.read_env()\nx = env('A')": hole("A", present=True),
    "from environs import env\nx = env.str('A')": hole("A", present=True),
    f"import environ\nenv = environ.Env()\nx = env('A', default='{URL}')": hole("A", URL),
    f"import environ\nenv = environ.Env(A=(str, '{URL}'))\nx = env('A')": hole("A", URL),
    f"import environ\nenv = environ.Env()\nx = env.url('A', '{URL}')": hole("A", URL),
    f"from decouple import config\nx = config('A', default='{URL}')": hole("A", URL),
    "from decouple import AutoConfig\nconfig = AutoConfig('.')\nx = config('A', cast=str)": hole("A", present=True),
    f"from starlette.config import Config\nc = Config('.env')\nx = c('A', cast=str, default='{URL}')": hole("A", URL),
    "from dotenv import dotenv_values\nc = dotenv_values('.env')\nx = c['A']": hole("A", present=True),
    f"from dotenv import dotenv_values\nx = dotenv_values().get('A', '{URL}')": hole("A", URL),
    "from dotenv import get_key\nx = get_key('.env', 'A')": hole("A"),
    f"import argparse\np = argparse.ArgumentParser()\np.add_argument('-b', '--base-url', default='{URL}')\n"
    "args = p.parse_args()\nx = args.base_url": Hole(
        "setting:argparse.ArgumentParser().parse_args.base_url", default=URL
    ),
    f"import argparse, os\np = argparse.ArgumentParser()\ng = p.add_argument_group('a')\n"
    f"g.add_argument('--b', dest='base', default=os.getenv('A', '{URL}'))\nargs, _ = p.parse_known_args()\n"
    "x = args.base": hole("A", URL),
}


@pytest.mark.parametrize("source", READ)
def test_what_is_read_and_by_which_name(source: str) -> None:
    (only,) = evaluated(source)
    assert text_of(only.value).parts == (READ[source],)


SETTINGS = {
    f"    base_url: str = '{URL}'": hole("BASE_URL", URL),
    "    base_url: str": hole("BASE_URL", present=True),
    "    base_url: str | None = None": hole("BASE_URL"),
    f"    model_config = SettingsConfigDict(env_prefix='ALLO_')\n    base_url: str = '{URL}'": hole(
        "ALLO_BASE_URL", URL
    ),
    "    model_config = {'env_prefix': 'ALLO_', 'case_sensitive': True}\n    base_url: str": hole(
        "ALLO_base_url", present=True
    ),
    f"    class Config:\n        env_prefix = 'allo_'\n    base_url: str = '{URL}'": hole("ALLO_BASE_URL", URL),
    f"    model_config = SettingsConfigDict(env_prefix='B_')\n    base_url: str = Field('{URL}', alias='A')": hole(
        "A", URL
    ),
    f"    base_url: str = Field(default='{URL}', validation_alias='A')": hole("A", URL),
    "    base_url: str = Field(validation_alias=AliasChoices('A', 'B'))": hole("A", present=True),
    "    base_url: str = Field(..., env='A')": hole("A"),
}


@pytest.mark.parametrize("body", SETTINGS)
def test_settings_are_read_by_the_names_that_pydantic_reads(body: str) -> None:
    source = (
        "from pydantic import AliasChoices, Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n"
    )
    (only,) = evaluated(f"{source}class S(BaseSettings):\n{body}\nsettings = S()\nx = settings.base_url\n")
    assert text_of(only.value).parts == (SETTINGS[body],)


def test_settings_in_settings_and_arguments() -> None:
    source = (
        "from pydantic import BaseModel, Field\nfrom pydantic_settings import BaseSettings\n"
        "class A(BaseSettings):\n    url: str = 'https://inner'\n"
        "class S(BaseSettings):\n    a: A = A()\n    b: A = Field(default_factory=A)\n    c: A\n"
        "class M(BaseModel):\n    url: str = Field(default='https://model')\n"
    )
    for expression in ("S().a.url", "S().b.url", "S().c.url"):
        (only,) = evaluated(f"{source}x = {expression}\n")
        assert text_of(only.value).parts == (hole("URL", "https://inner"),)
    assert text_of(evaluated(f"{source}x = A(url='https://given').url\n")[0].value).literal == "https://given"
    assert text_of(evaluated(f"{source}x = M().url\n")[0].value).literal == "https://model"


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (
            f"import click\n@click.command()\n@click.option('--base-url', '-b', default='{URL}')\n"
            "def x(base_url):\n    return base_url",
            Hole("parameter:x.base_url", default=URL),
        ),
        (
            f"import click\n@click.option('--u', 'base', default='{URL}', envvar='A')\ndef x(base):\n    return base",
            hole("A", URL),
        ),
        (f"import typer\ndef x(base: str = typer.Option('{URL}', envvar='A')):\n    return base", hole("A", URL)),
        (
            f"import typer\nfrom typing import Annotated\n"
            f"def x(base: Annotated[str, typer.Option(envvar='A')] = '{URL}'):\n    return base",
            hole("A", URL),
        ),
    ],
)
def test_options_fill_in_parameters(source: str, wanted: Hole) -> None:
    from allo_keyscan.calls import facts as f
    from allo_keyscan.calls.collect import read_module
    from allo_keyscan.calls.link import Program
    from allo_keyscan.calls.values import Engine

    module = read_module("a.py", source.encode())
    assert isinstance(module, f.ModuleFacts)
    engine = Engine(Program.of(module))
    ((_, returned),) = module.functions[0].returns
    (only,) = engine.evaluate(returned, engine.open)
    assert isinstance(only.value, Text)
    assert only.value.parts == (wanted,)
