"""How many examples are tried, and where."""

import asyncio
import logging
from pathlib import Path

from homeassistant.components.http import ban, security_filter
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir
import pytest

# Not from a module that derives settings: the profile is loaded only below.
from .running import Run

# Nothing is kept from run to run: what fails once becomes an example in the code.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, print_blob=True
)
settings.register_profile(
    "thorough", deadline=None, database=None, print_blob=True, max_examples=3000
)
settings.load_profile("repeatable")
set_hypothesis_home_dir(Path(__file__).parents[2] / ".cache/hypothesis")


@pytest.fixture
async def run() -> Run:
    """Return what runs a coroutine in the event loop of the other fixtures.

    A property is a plain function, which hypothesis calls once for each example.
    """
    return asyncio.get_running_loop().run_until_complete


@pytest.fixture
def _refusals_are_silent(caplog: pytest.LogCaptureFixture) -> None:
    """Let web servers refuse malformed and unsigned requests without a warning."""
    for name in ("aiohttp.server", ban.__name__, security_filter.__name__):
        caplog.set_level(logging.CRITICAL, name)
    caplog.set_level(logging.DEBUG)
