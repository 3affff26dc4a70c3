"""What may befall messages, the WebSocket and the tokens in a home.

An incident begins, lasts for a while, and ends where it yields.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
import time
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.exceptions import HomeAssistantError

from simulator import (
    CallParties,
    DateFormat,
    EmptyList,
    ErrMsg,
    EventFault,
    EventType,
    Fault,
    MessageIds,
    Outage,
    Passing,
    Reboot,
    Refusal,
    SocketEnd,
    SocketRefusal,
    TimeFormat,
    UnknownBox,
)
from simulator.errors import ApiError
from simulator.tokens import SLOTS
from tests.common import HOUR, call

from .household import EVENTS, Household

type Incident = Callable[[Household], AsyncGenerator[None]]

ASKED: Final = ("vm/query", "extension/search", "system/information", "subscribe", "*")
RENEWALS: Final = ("get_token", "refresh_token")
# What takes no memory, and ends with the connection.
SPOILED: Final = tuple(
    each
    for each in Fault
    if each not in (Fault.HUGE, Fault.HUGE_AUDIO, Fault.HUGE_AUDIO_ANNOUNCED)
)
OUTAGES: Final = (
    Outage.REFUSED,
    Outage.HANGING,
    Outage.DEAF,
    Outage.HANDSHAKE_BROKEN_OFF,
    Outage.OTHER_PROTOCOL,
)


# The PBX and the way to it


async def reboot(home: Household) -> AsyncGenerator[None]:
    """Let the PBX come back without its tokens."""
    home.pbx.reboot()
    await home.pbx.begin_outage(Outage.REFUSED)
    yield
    await home.pbx.end_outage()


async def reboot_in_a_request(home: Household) -> AsyncGenerator[None]:
    """Lose an answer; what it was about may be done."""
    endpoint = home.random.choice((*ASKED[:3], *RENEWALS))
    spoiler = Reboot(home.pbx.reboot, acts=home.random.random() < 0.5)
    home.pbx.faults[endpoint] = Passing(spoiler, requests=1)
    yield
    home.pbx.faults.pop(endpoint, None)


async def away(home: Household) -> AsyncGenerator[None]:
    """Let nobody get through; open sockets end, fall silent, or go on."""
    await home.pbx.begin_outage(home.random.choice(OUTAGES))
    home.random.choice((home.pbx.drop_sockets, home.pbx.silence_sockets, int))()
    yield
    await home.pbx.end_outage()


async def sockets_end(home: Household) -> AsyncGenerator[None]:
    """End all sockets, with a close frame or without."""
    home.pbx.drop_sockets(home.random.choice(list(SocketEnd)))
    yield


async def sockets_fall_silent(home: Household) -> AsyncGenerator[None]:
    """Let nothing come through, and tell neither side."""
    home.pbx.silence_sockets()
    yield


async def no_websocket(home: Household) -> AsyncGenerator[None]:
    """Put a gateway in between that has no WebSocket."""
    home.pbx.switches.event_endpoint = False
    home.pbx.drop_sockets()
    yield
    home.pbx.switches.event_endpoint = True


async def answers_spoiled(home: Household) -> AsyncGenerator[None]:
    """Spoil the answers of one endpoint, or of all."""
    endpoint = home.random.choice((*ASKED, *RENEWALS))
    home.pbx.faults[endpoint] = home.random.choice(SPOILED)
    yield
    home.pbx.faults.pop(endpoint, None)


async def errors_answered(home: Household) -> AsyncGenerator[None]:
    """Answer errors, as a PBX that has a bad hour."""
    endpoint = home.random.choice(ASKED)
    home.pbx.errcodes[endpoint] = home.random.choice((10001, 10005, 60002, 70084, -2))
    yield
    home.pbx.errcodes.pop(endpoint, None)


async def permission_missing(home: Household) -> AsyncGenerator[None]:
    """Take a permission from the API application."""
    switches = home.pbx.switches
    missing = home.random.choice(("vm", "vm/query", "extension", "system", "subscribe"))
    switches.permissions_missing = frozenset({missing})
    switches.permission_refusal = home.random.choice(
        (Refusal.ACCESS_DENIED, Refusal.ACTION_FORBIDDEN, Refusal.OPERATION_FAILED)
    )
    yield
    switches.permissions_missing = frozenset()


async def events_spoiled(home: Household) -> AsyncGenerator[None]:
    """Let events be lost, late, twice, or not as documented."""
    events = home.pbx.events
    kind = home.random.choice((EventType.CALL_ENDED, EventType.EXTENSION_CHANGED))
    events.faults[kind] = home.random.choice(
        [each for each in EventFault if each is not EventFault.HUGE]
    )
    yield
    events.faults.pop(kind, None)
    events.release()


async def listed_late(home: Household) -> AsyncGenerator[None]:
    """List messages only a while after their events."""
    home.pbx.switches.message_listed_after = home.random.choice((1, 3, 20, 90))
    yield
    home.pbx.switches.message_listed_after = 0


async def full_mailboxes(home: Household) -> AsyncGenerator[None]:
    """Drop the oldest message for a new one, or turn callers away."""
    switches = home.pbx.switches
    switches.mailbox_limit = home.random.choice((1, 3, 10))
    switches.full_mailbox_drops_oldest = home.random.random() < 0.8
    yield
    switches.mailbox_limit = 100
    switches.full_mailbox_drops_oldest = True


async def spelled_otherwise(home: Household) -> AsyncGenerator[None]:
    """Do as another firmware, or another setting, from now on."""
    switches = home.pbx.switches
    choose = home.random.choice
    switches.unknown_box = choose(list(UnknownBox))
    switches.message_ids = choose((MessageIds.DECIMAL, MessageIds.HEXADECIMAL))
    switches.date_format = choose(list(DateFormat))
    switches.time_format = choose(list(TimeFormat))
    switches.time_zone = ZoneInfo(choose(("Europe/Berlin", "America/New_York")))
    switches.socket_end = choose(list(SocketEnd))
    switches.socket_refusal = choose(list(SocketRefusal))
    switches.call_parties = choose(list(CallParties))
    switches.empty_list = choose(list(EmptyList))
    switches.errmsg = choose(list(ErrMsg))
    for name in (
        "newest_message_first",
        "event_msg_as_text",
        "call_event_of_2023",
        "call_event_stages",
        "empty_fields",
        "ends_with_token",
        "old_access_token_dies_at_refresh",
        "upgrade_before_token",
    ):
        setattr(switches, name, home.random.random() < 0.5)
    yield


async def clock_moved(home: Household) -> AsyncGenerator[None]:
    """Let the PBX have a wrong time for a while."""
    home.set_clock(home.random.choice((-HOUR, -90, 90, HOUR)))
    yield
    home.set_clock(0)


# Boxes


async def extension_deleted(home: Household) -> AsyncGenerator[None]:
    """Delete an extension, and create it again."""
    number = home.random.choice(("3200", "3201"))
    if extension := home.pbx.extensions.get(number):
        home.pbx.delete_extension(number)
        yield
        home.pbx.add_extension(extension)


async def group_deleted(home: Household) -> AsyncGenerator[None]:
    """Delete a group, and create it again, of which no event tells."""
    if group := home.pbx.groups.pop("6300", None):
        home.pbx.mailboxes.clear("6300")
        yield
        home.pbx.groups["6300"] = group


# Tokens and sign-ins


async def signed_in_elsewhere(home: Household) -> AsyncGenerator[None]:
    """Let all tokens die, and open sockets hear 10004."""
    home.pbx.tokens.forget()
    home.pbx.events.check()
    yield


async def tokens_used_up(home: Household) -> AsyncGenerator[None]:
    """Let another application sign in with the same Client ID, again and again."""
    issued: list[str] = []
    with suppress(ApiError):
        for _ in range(SLOTS):
            answer = home.pbx.tokens.issue(home.pbx.clock())
            issued.append(str(answer["access_token"]))
    yield
    for token in issued:
        home.pbx.tokens.revoke(token)


async def blocked(home: Household) -> AsyncGenerator[None]:
    """Let another application at the same address get it blocked."""
    home.block_address()
    yield


async def not_allowed(home: Household) -> AsyncGenerator[None]:
    """Allow other addresses alone."""
    home.pbx.switches.allow_list = frozenset({"192.0.2.1"})
    yield
    home.pbx.switches.allow_list = None


async def secret_changed(home: Household) -> AsyncGenerator[None]:
    """Make a new secret; the user signs in again only later."""
    home.change_secret(f"Secret{int(time.time())}")
    yield
    await home.put_right()


async def certificate_changed(home: Household) -> AsyncGenerator[None]:
    """Make a new certificate; the user trusts it only later."""
    await home.pbx.renew_certificate()
    yield
    await home.put_right()


async def another_certificate(home: Household) -> AsyncGenerator[None]:
    """Let somebody else answer for a while."""
    await home.pbx.begin_outage(Outage.CERTIFICATE_CHANGED)
    yield
    await home.pbx.end_outage()


# Home Assistant


async def reload(home: Household) -> AsyncGenerator[None]:
    """Reload the entry, as a user, or as a change of its options does."""
    if home.is_running:
        await home.hass.config_entries.async_reload(home.entry.entry_id)
    yield


async def used(home: Household) -> AsyncGenerator[None]:
    """Mark messages as read and delete them in Home Assistant."""
    for number in EVENTS:
        for message in home.pbx.mailboxes.listed(number)[-2:]:
            action = home.random.choice(("mark_message_read", "delete_message"))
            if home.is_running:
                with suppress(HomeAssistantError):
                    await call(
                        home.hass,
                        action,
                        mailbox=number,
                        message_id=message.msg_id,
                    )
    yield


async def off(home: Household) -> AsyncGenerator[None]:
    """Stop Home Assistant, and start it again later."""
    await home.stop()
    yield
    await home.start()


async def crash(home: Household) -> AsyncGenerator[None]:
    """Let Home Assistant be gone at once, and start it again later."""
    await home.crash()
    yield
    await home.start()


INCIDENTS: Final[tuple[Incident, ...]] = (
    *[reboot, reboot_in_a_request, away] * 3,
    sockets_end,
    sockets_fall_silent,
    no_websocket,
    *[answers_spoiled] * 6,
    *[errors_answered] * 2,
    permission_missing,
    *[events_spoiled] * 4,
    *[listed_late] * 2,
    *[full_mailboxes] * 2,
    spelled_otherwise,
    clock_moved,
    extension_deleted,
    group_deleted,
    signed_in_elsewhere,
    tokens_used_up,
    blocked,
    not_allowed,
    secret_changed,
    *[reload, used] * 2,
    *[off, crash] * 3,
)
OF_HTTPS: Final[tuple[Incident, ...]] = (
    *INCIDENTS,
    *[certificate_changed, another_certificate] * 6,
)
