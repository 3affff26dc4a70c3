"""Certificates that change while mailboxes are in use.

OpenSSL takes the time from the system, which no test stops: certificates are issued by
that clock.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from freezegun.api import real_time
from homeassistant.core import HomeAssistant
from homeassistant.util.ssl import SSL_ALPN_HTTP11, SSLCipherList, client_context
import pytest

from simulator import Authority, Certificate
from tests.common import HOUR, MINUTE, issues
from tests.mailboxes.common import UNREAD, updated

from .home import NAME
from .mailbox_home import UNAVAILABLE, MailboxHome

MONTH: Final = timedelta(days=30)
DAY: Final = timedelta(days=1)
FAILED: Final = "Error fetching PBX mailbox data"


async def show(home: MailboxHome, certificate: Certificate) -> None:
    """Let the PBX show a certificate, as after a restart."""
    home.pbx.show(certificate)
    home.pbx.drop_sockets()
    home.leave_message()
    home.pbx.requests.clear()
    await home.pass_time(10 * MINUTE)


async def assert_all_is_well(home: MailboxHome) -> None:
    """Messages arrive, and each was reported once."""
    home.leave_message()
    await home.pass_time(7 * MINUTE)
    assert home.arrivals.ids == home.left
    assert home.state_of(UNREAD) == str(len(home.left))
    assert home.is_available
    assert issues(home.hass) == []


async def test_a_pinned_certificate_that_is_replaced(
    mailboxes: MailboxHome, expected_warnings: list[str]
) -> None:
    """Nothing is sent until the user trusts the new one."""
    expected_warnings.append(FAILED)
    await show(mailboxes, Certificate.create(real_time(), (NAME,)))
    assert mailboxes.state_of(UNREAD) == UNAVAILABLE
    assert issues(mailboxes.hass) == ["certificate_changed"]
    await mailboxes.pass_time(HOUR)
    assert mailboxes.pbx.requests == []

    await mailboxes.window.reconfigure(mailboxes.entry)
    shown = await mailboxes.window.sign_in()
    assert shown["step_id"] == "certificate_changed"
    await mailboxes.window.submit()
    await mailboxes.hass.async_block_till_done()

    await assert_all_is_well(mailboxes)


async def test_a_pinned_certificate_that_is_back(
    mailboxes: MailboxHome, expected_warnings: list[str]
) -> None:
    """The user has nothing to do."""
    expected_warnings.append(FAILED)
    trusted = mailboxes.pbx._certificate
    assert trusted
    await show(mailboxes, Certificate.create(real_time(), (NAME,)))
    assert issues(mailboxes.hass) == ["certificate_changed"]

    mailboxes.pbx.show(trusted)
    await mailboxes.wait_until_available(minutes=3)

    await assert_all_is_well(mailboxes)


# The certificate of an authority


@pytest.fixture
async def authority(hass: HomeAssistant, mailboxes: MailboxHome) -> Authority:
    """Return a trusted authority, whose certificate the PBX shows."""
    authority = Authority(real_time())
    context = client_context(SSLCipherList.PYTHON_DEFAULT, SSL_ALPN_HTTP11)
    context.load_verify_locations(cadata=authority.pem)
    mailboxes.pbx.show(authority.issue(real_time(), (NAME,)))
    entry = mailboxes.entry
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "certificate_fingerprint": None}
    )
    await updated(hass, entry)
    assert mailboxes.is_available
    return authority


async def test_a_certificate_that_its_authority_renews(
    mailboxes: MailboxHome, authority: Authority
) -> None:
    """Nobody notices."""
    await show(mailboxes, authority.issue(real_time(), (NAME,)))

    await assert_all_is_well(mailboxes)


def expired(authority: Authority) -> Certificate:
    """Return a certificate that was valid until yesterday."""
    return authority.issue(real_time(), (NAME,), age=MONTH, valid_for=MONTH - DAY)


def not_yet_valid(authority: Authority) -> Certificate:
    """Return a certificate that is valid from tomorrow on."""
    return authority.issue(real_time(), (NAME,), age=-DAY)


def for_another_name(authority: Authority) -> Certificate:
    """Return a certificate for another PBX."""
    return authority.issue(real_time(), ("other.test",))


def of_another_authority(_: Authority) -> Certificate:
    """Return a certificate of an authority that is not trusted."""
    return Authority(real_time(), "Another authority").issue(real_time(), (NAME,))


def self_signed(_: Authority) -> Certificate:
    """Return a certificate of no authority."""
    return Certificate.create(real_time(), (NAME,))


@pytest.mark.parametrize(
    "bad", [expired, not_yet_valid, for_another_name, of_another_authority, self_signed]
)
async def test_a_certificate_that_is_not_trusted(
    mailboxes: MailboxHome,
    authority: Authority,
    bad: Callable[[Authority], Certificate],
    expected_warnings: list[str],
) -> None:
    """Nothing is sent until the PBX shows one that is."""
    expected_warnings.append(FAILED)
    await show(mailboxes, bad(authority))
    assert mailboxes.state_of(UNREAD) == UNAVAILABLE
    assert issues(mailboxes.hass) == ["certificate_not_trusted"]
    await mailboxes.pass_time(HOUR)
    assert mailboxes.pbx.requests == []

    mailboxes.pbx.show(authority.issue(real_time(), (NAME,)))
    await mailboxes.wait_until_available(minutes=3)

    await assert_all_is_well(mailboxes)
