"""Whatever goes wrong while a greeting is changed, what is said of it is true."""

from pathlib import Path

import pytest

from custom_components.yeastar_vm.services.greetings import box
from tests.common import MINUTE
from tests.documents import record
from tests.greetings.recordings import music
from tests.leaks import find_leaks, logged

from .changes import CHANGES, FILE, LIST, TROUBLES, files, restore, verdict
from .document import found_of_change
from .home import WORKS, Home, Token
from .outcomes import inflicted
from .troubles import Errcode, Trouble

PAUSED = {70004, 70087}
TOKEN_REFUSED = {10004, 10005}


@pytest.fixture
def song(home: Home, tmp_path: Path) -> None:
    """Let there be a song in Home Assistant's media."""
    home.hass.config.media_dirs["local"] = str(tmp_path)
    (tmp_path / "song.wav").write_bytes(music(0.2))


@pytest.mark.usefixtures("song")
@pytest.mark.parametrize("name", TROUBLES)
async def test_a_change_that_goes_wrong(
    home: Home,
    name: str,
    given_out: list[str],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is made once at most, it is told truthfully, and the next one works."""
    trouble = TROUBLES[name]
    monkeypatch.setattr(box, "LIST_TIME", 0)
    verdicts = {}
    for change in CHANGES:
        restore(home)
        await home.age_token(Token.FRESH)
        home.pbx.requests.clear()

        async with inflicted(home, trouble, change.endpoint, before=LIST):
            said = await change.make(home)

        found = verdicts[change.action] = verdict(said)
        sent = sum(r.endpoint == change.endpoint for r in home.pbx.requests)
        assert sent <= attempts(trouble), change.action
        if found == "works":
            assert files(home) == change.files, change.action
        elif found not in ("not known", "accepted, but not there"):
            assert files(home) == (FILE,), f"{change.action}: {said}"
        if isinstance(trouble, Errcode) and trouble.code in PAUSED:
            home.clock.tick(12 * MINUTE)
        restore(home)
        assert await change.make(home) == WORKS, change.action
        assert files(home) == change.files
    assert find_leaks(logged(caplog), {home.pbx.client_secret, *given_out}) == []
    record(request, found_of_change(name, verdicts))


def attempts(trouble: Trouble) -> int:
    """Return how often a request is sent at most: again only with a new token."""
    again = {*map(Errcode, TOKEN_REFUSED)}
    return 2 if trouble in again or str(trouble).startswith("unauthorized") else 1
