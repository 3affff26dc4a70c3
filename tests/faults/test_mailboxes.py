"""Every fault, while mailboxes are kept up to date and while somebody uses them."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from simulator import PbxSimulator
from tests.common import HOUR, MINUTE, issues, reauth_flows
from tests.documents import record
from tests.leaks import find_leaks, logged
from tests.mailboxes.common import MESSAGE, PRESENCE, UNREAD

from .cases import GET_TOKEN
from .home import WORKS
from .mailbox_cases import (
    CASES,
    ROWS_OF_ALL,
    cases_of,
    promised,
    said_of,
)
from .mailbox_home import UNAVAILABLE, MailboxHome
from .mailbox_shown import (
    MOST_REQUESTS,
    Place,
    Shown,
    places_of,
    promised_shown,
    says_empty,
)
from .mailbox_tables import found_of_mailboxes
from .outcomes import TIME, inflicted, is_told
from .promises import (
    BLOCKED,
    DENIED,
    PAUSE,
    PAUSES,
    TOKEN_REFUSED,
    Promise,
    Within,
)
from .rows import NETWORK, SECTIONS, Row
from .troubles import Trouble

FAULTS = pytest.mark.parametrize(
    ("row", "fault"),
    [
        pytest.param(row, fault, id=row.what if len(row.faults) == 1 else str(fault))
        for row in ROWS_OF_ALL
        for fault in row.faults
    ],
)


@pytest.fixture
def row() -> Row | None:
    """Return the row of a test that has one."""
    return None


@pytest.fixture
async def pbx(row: Row | None) -> AsyncIterator[PbxSimulator]:
    """Return a PBX on https, or on http where TLS has no part in what goes wrong."""
    async with PbxSimulator(https=row is None or row in SECTIONS[NETWORK]) as simulator:
        yield simulator


@FAULTS
async def test_what_is_done_with_a_mailbox(
    given_out: list[str],
    mailboxes: MailboxHome,
    row: Row,
    fault: Trouble,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
    possible_warnings: list[str],
) -> None:
    """Whoever does it is told what is wrong, and the next try works."""
    # A poll may fail, too, and no player fetches what it is told to play.
    possible_warnings += [
        "Error fetching PBX mailbox data",
        "was not fetched from Home",
    ]
    said = {}
    for case in cases_of(row, fault):
        await prepare(mailboxes)
        key, message_id = promised(row.promise, case), mailboxes.left[-1]
        started = mailboxes.hass.loop.time()
        async with inflicted(mailboxes, fault, case.endpoint, before=case.before):
            said_now = await mailboxes.clock.during(case.do(mailboxes))
            seconds = mailboxes.hass.loop.time() - started
        answer = TIME.sub("…", said_now)

        assert answer == said_of(key, row.promise, fault, message_id), str(case)
        assert seconds <= (5 if row.promise.within is Within.AT_ONCE else 10 * MINUTE)
        if key in PAUSES:
            mailboxes.clock.tick(PAUSE)
        if row.promise.within is not Within.AT_ONCE:
            await mailboxes.pass_time(MINUTE)  # A poll may wait, too.
        await prepare(mailboxes)
        assert await case.do(mailboxes) == WORKS, f"{case} afterwards"
        said[str(case)] = answer.replace(message_id, "…")
    told = [*logged(caplog), *mailboxes.raised]
    assert find_leaks(told, {mailboxes.pbx.client_secret, *given_out}) == []
    record(request, found_of_mailboxes(row, fault, said=said))


async def prepare(home: MailboxHome) -> None:
    """Let there be one unread message, and entities that are available."""
    home.forget()
    home.leave_message(announced=False)
    await home.poll()
    assert home.is_available
    home.pbx.requests.clear()


async def test_what_a_mailbox_asks(mailboxes: MailboxHome) -> None:
    """Every case asks what it is said to ask, and works."""
    for case in CASES:
        await prepare(mailboxes)

        assert await case.do(mailboxes) == WORKS, str(case)

        # An event of the PBX may lead to the same question.
        asked = dict.fromkeys(each.endpoint for each in mailboxes.pbx.requests)
        assert [*asked] == [*case.asks], str(case)


@pytest.mark.parametrize("row", ROWS_OF_ALL, ids=lambda row: row.what)
async def test_what_a_mailbox_shows(
    given_out: list[str],
    mailboxes: MailboxHome,
    row: Row,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
    possible_warnings: list[str],
) -> None:
    """The truth or nothing, at little cost; each message is reported once."""
    possible_warnings += ["Error fetching PBX mailbox data", "denies access to ext"]
    fault = row.faults[0]
    shown = []
    for place in places_of(fault):
        mailboxes.forget()
        mailboxes.leave_message()
        await mailboxes.pass_time(2 * MINUTE)
        mailboxes.pbx.requests.clear()
        logged_before = len(caplog.records)

        async with inflicted(mailboxes, fault, *place.endpoints):
            befall(mailboxes, place)
            await mailboxes.pass_time(2 * MINUTE)
            mailboxes.leave_message()
            await mailboxes.pass_time(place.lasts)
            outcome = Shown(
                place,
                messages=mailboxes.state_of(UNREAD) != UNAVAILABLE,
                presence=mailboxes.state_of(PRESENCE) != UNAVAILABLE,
                repairs=sorted({str(each) for each in issues(mailboxes.hass)}),
                sign_in=len(reauth_flows(mailboxes.hass)) == 1,
            )
        assert outcome == promised_shown(row.promise, place), str(place)
        assert mailboxes.state_of(MESSAGE) != UNAVAILABLE or not outcome.messages
        if outcome.messages and not says_empty(row.promise, place):
            assert mailboxes.state_of(UNREAD) == "2"
        asked = Counter(each.endpoint for each in mailboxes.pbx.requests)
        most = MOST_REQUESTS * place.lasts / HOUR
        assert asked.total() <= most, f"{place}: {asked}"
        assert not outcome.sign_in or asked["get_token"] <= most_sign_ins(row.promise)

        await mailboxes.sign_in_again()
        is_presence = place is Place.PRESENCES
        await mailboxes.wait_until_available(minutes=45 if is_presence else 15)
        mailboxes.leave_message()
        await mailboxes.pass_time(7 * MINUTE)
        assert mailboxes.arrivals.ids == mailboxes.left, str(place)
        assert mailboxes.state_of(UNREAD) == "3"
        assert issues(mailboxes.hass) == []
        lines = [
            each.getMessage()
            for each in caplog.records[logged_before:]
            if is_told(each)
        ]
        assert len(lines) == lines_promised(outcome, row.promise), lines
        shown.append(outcome)
    told = [*logged(caplog), *mailboxes.raised]
    assert find_leaks(told, {mailboxes.pbx.client_secret, *given_out}) == []
    record(request, found_of_mailboxes(row, fault, shown=shown))


def most_sign_ins(promise: Promise) -> int:
    """Return how many sign-ins fail at most before the user is asked."""
    return 1 if promise.but.get(GET_TOKEN) == "invalid_auth" else 4


def lines_promised(shown: Shown, promise: Promise) -> int:
    """Return how many lines the log has: one when it goes, one when it is back.

    Who signs in again knows that it is back.
    """
    is_denied = promise in (TOKEN_REFUSED, DENIED) and not shown.presence
    if shown.messages and not is_denied:
        return 0
    if promise is BLOCKED and shown.place is Place.PRESENCES:
        return 4  # The pause ends before presences are asked for again.
    if promise is DENIED and shown.sign_in:
        return 2  # Presences and messages are denied before the sign-in is.
    return 1 if shown.sign_in else 2


def befall(home: MailboxHome, place: Place) -> None:
    """Let something be asked that a fault befalls."""
    match place:
        case Place.EVERYTHING | Place.EVENTS:
            home.pbx.drop_sockets()
        case Place.PRESENCES:
            home.pbx.announce_extension("3200", "UPDATE")
