"""A PBX of each profile; with `--profile`, of that one alone."""

from collections.abc import AsyncIterator

import pytest

from simulator import (
    PbxSimulator,
    Profile,
    default_groups,
    leave_default_messages,
    profile,
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test once a profile."""
    chosen = metafunc.config.getoption("--profile")
    metafunc.parametrize("seen", [chosen] if chosen else profile.names(), indirect=True)


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Profile:
    """Return the profile."""
    return Profile.named(request.param)


@pytest.fixture
async def pbx(seen: Profile) -> AsyncIterator[PbxSimulator]:
    """Return a PBX of the profile, which has something of everything.

    Of its messages, 3200 has three, of which two are unread, and 3201 has none.
    """
    pbx = PbxSimulator(profile=seen)
    pbx.groups = default_groups()
    leave_default_messages(pbx)
    async with pbx:
        yield pbx
