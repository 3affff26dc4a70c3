"""Every fault at every request, from every side on which a user meets it.

``scripts/test --write-docs`` writes what came of it to ``docs/reliability.md``.
"""

import logging
import re

from homeassistant.config_entries import ConfigEntryState
import pytest

from simulator import Fault, Oddity, Outage, Weakness
from simulator.endpoints import ENDPOINTS as ENDPOINTS_OF_THE_PBX
from simulator.errors import ERRMSG, SUCCESS
from tests.common import endpoints
from tests.documents import record
from tests.leaks import find_leaks, logged

from .cases import AUDIO, CASES, ENDPOINTS, Case, Side
from .document import found
from .home import WORKS, Home
from .outcomes import expected, inflicted, watched
from .promises import PAUSE, PAUSES
from .rows import ROWS, Row
from .troubles import Errcode, Trouble


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        pytest.param(row, fault, id=row.what if len(row.faults) == 1 else str(fault))
        for row in ROWS
        for fault in row.faults
    ],
)
async def test_a_fault(
    given_out: list[str],
    home: Home,
    row: Row,
    fault: Trouble,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
    expected_warnings: list[str],
) -> None:
    """Is told as promised, costs little, leaves no trace, and is over when it is."""
    outcomes = []
    for case in row.cases(fault):
        await prepare(home, case)
        async with inflicted(home, fault, case.endpoint, before=case.before):
            outcome = await watched(home, case, row.promise, caplog)
            if sends_nothing_more(row, case):
                home.pbx.requests.clear()
                await case.do(home)
                assert case.endpoint not in endpoints(home.pbx), str(case)

        assert outcome.said == expected(row.promise, case, fault), str(case)
        await mend(home, row, case)
        assert await (case.again or case.do)(home) == WORKS, f"{case} afterwards"
        await home.close_window()
        outcomes.append(outcome)
        if outcome.level >= logging.WARNING:
            expected_warnings.append(re.escape(outcome.log))

    assert home.entry.state is ConfigEntryState.LOADED
    assert home.pbx.lockout._failures == {}
    told = [*logged(caplog), *home.raised]
    assert find_leaks(told, {home.pbx.client_secret, *given_out}) == []
    record(request, found(row, fault, outcomes))


def sends_nothing_more(row: Row, case: Case) -> bool:
    """Return whether nothing is sent to the PBX for now, whoever asks for it.

    A user may submit a form as often as they like, and removes a PBX just once.
    """
    return row.promise.for_case(case) in PAUSES | {
        "invalid_auth"
    } and case.side not in (Side.FORM, Side.REMOVAL)


async def mend(home: Home, row: Row, case: Case) -> None:
    """Do what is necessary besides the end of a fault."""
    match row.promise.for_case(case):
        case "invalid_auth":
            await home.sign_in_again()
        case pause if pause in PAUSES:
            home.clock.tick(PAUSE)


async def prepare(home: Home, case: Case) -> None:
    """Do what goes before a case."""
    if case.side is Side.SPEAKER:
        await home.hand_out(case.token)
    else:
        await home.age_token(case.token)
    if case.prepare:
        await case.prepare(home)
    home.pbx.requests.clear()


async def test_without_a_fault(home: Home) -> None:
    """Every case asks what it is said to ask, and works."""
    for case in CASES:
        await prepare(home, case)

        assert await case.do(home) == WORKS, str(case)

        assert endpoints(home.pbx) == [*case.asks]
        if case.again:
            await case.again(home)
        await home.close_window()


def test_nothing_is_left_out() -> None:
    """All faults, all error codes of the vendor's table, all that is asked."""
    tried = {fault for row in ROWS for fault in row.faults}

    assert tried >= {*Fault, *Oddity, *Outage, *Weakness}
    assert tried >= {Errcode(code) for code in ERRMSG if code != SUCCESS}
    assert {*ENDPOINTS} <= {*ENDPOINTS_OF_THE_PBX, AUDIO}
    assert len({row.what for row in ROWS}) == len(ROWS)
