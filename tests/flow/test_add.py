"""Adding a PBX."""

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator
from tests.clock import Clock
from tests.common import MINUTE, endpoints
from tests.stored import stored_access_token, stored_tokens
from tests.user_interface import grouped
from tests.window import Window

from .forms import assert_error, fields, new_token, suggested


async def test_the_menu_offers_two_ways(hass: HomeAssistant) -> None:
    """A user chooses first how to sign in."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )

    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "user"
    assert result["menu_options"] == ["credentials", "access_token"]


async def test_a_self_signed_pbx_is_added(
    hass: HomeAssistant, pbx: PbxSimulator, window: Window
) -> None:
    """Nothing is sent before the user has seen and trusted the certificate."""
    form = await window.open()
    assert fields(form) == ["url", "client_id", "client_secret"]
    assert (form["description_placeholders"] or {})["example_url"] == (
        "https://192.168.5.150:8088"
    )

    certificate = await window.sign_in()

    assert certificate["type"] is FlowResultType.FORM
    assert certificate["step_id"] == "certificate"
    shown = dict(certificate["description_placeholders"] or {})
    assert shown["fingerprint"] == grouped(pbx.fingerprint)
    assert shown["url"] == pbx.base_url
    assert shown["subject"] == "`CN=127.0.0.1`"
    assert shown["valid_from"] < shown["valid_until"]
    assert pbx.requests == []

    created = await window.submit()

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["title"] == "PBX"
    entry = created["result"]
    assert entry.unique_id == pbx.serial_number
    assert entry.data == {
        "url": pbx.base_url,
        "certificate_fingerprint": pbx.fingerprint,
        "client_id": pbx.client_id,
        "client_secret": pbx.client_secret,
    }
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert pbx.live_access_tokens == [await stored_access_token(hass, entry)]
    assert endpoints(pbx) == ["get_token", "system/information", "system/information"]


async def test_a_pbx_on_plain_http_is_added(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """There is no certificate to look at."""
    await http_window.open()

    created = await http_window.sign_in()

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["certificate_fingerprint"] is None
    token = await stored_access_token(hass, created["result"])
    assert http_pbx.live_access_tokens == [token]


async def test_spaces_around_credentials_do_not_matter(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """What is pasted often ends in a space."""
    await http_window.open()

    created = await http_window.sign_in(
        url=f" {http_pbx.base_url} ",
        client_id=f" {http_pbx.client_id} ",
        client_secret=f"{http_pbx.client_secret}\n",
    )

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["client_id"] == http_pbx.client_id
    assert created["data"]["client_secret"] == http_pbx.client_secret


@pytest.mark.parametrize("with_refresh_token", [True, False])
async def test_a_pbx_is_added_with_an_access_token(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_window: Window,
    *,
    with_refresh_token: bool,
) -> None:
    """The token that the user brought is the one that is used."""
    answer = new_token(http_pbx)
    form = await http_window.open("access_token")
    assert fields(form) == ["url", "access_token", "refresh_token"]
    tokens = {"access_token": answer["access_token"]}
    if with_refresh_token:
        tokens["refresh_token"] = answer["refresh_token"]

    created = await http_window.submit(url=http_pbx.base_url, **tokens)

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert "client_id" not in created["data"]
    kept = await stored_tokens(hass, created["result"])
    assert kept
    assert kept.access_token == answer["access_token"]
    assert kept.refresh_token == (answer["refresh_token"] if with_refresh_token else "")
    await hass.async_block_till_done()
    assert endpoints(http_pbx) == ["system/information"] * 2
    assert http_pbx.live_access_tokens == [answer["access_token"]]


async def test_an_old_access_token_is_refreshed_while_it_is_added(
    hass: HomeAssistant,
    clock: Clock,
    http_pbx: PbxSimulator,
    http_window: Window,
) -> None:
    """The user's refresh token gets a new one."""
    answer = new_token(http_pbx)
    clock.tick(40 * MINUTE)
    await http_window.open("access_token")

    created = await http_window.submit(
        url=http_pbx.base_url,
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
    )

    assert created["type"] is FlowResultType.CREATE_ENTRY
    token = await stored_access_token(hass, created["result"])
    assert http_pbx.live_access_tokens == [token]


@pytest.mark.parametrize("refresh_token", ["", "x" * 32])
async def test_a_dead_access_token_is_refused(
    http_pbx: PbxSimulator, http_window: Window, refresh_token: str
) -> None:
    """The user corrects the token in the same form."""
    await http_window.open("access_token")

    result = await http_window.submit(
        url=http_pbx.base_url, access_token="y" * 32, refresh_token=refresh_token
    )

    assert_error(result, "invalid_auth")
    assert result["step_id"] == "access_token"
    typed = {"access_token": "y" * 32, "refresh_token": refresh_token}
    assert suggested(result) == {"url": http_pbx.base_url, **typed}

    answer = new_token(http_pbx)
    created = await http_window.submit(
        url=http_pbx.base_url, access_token=answer["access_token"]
    )
    assert created["type"] is FlowResultType.CREATE_ENTRY


async def test_a_users_own_token_is_not_revoked(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """What fails in the flow must not end what the user brought."""
    answer = new_token(http_pbx)
    http_pbx.errcodes["system/information"] = -2
    await http_window.open("access_token")

    result = await http_window.submit(
        url=http_pbx.base_url,
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
    )
    await http_window.close()

    assert_error(result, "pbx_fault")
    assert http_pbx.live_access_tokens == [answer["access_token"]]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("x" * 5000, "x" * 64),
        ("**Office** [here](http://pbx.example)", "Office here(http://pbx.example)"),
        ("Office\n# 1 ", "Office 1"),
        ("`", "3631A2124001"),
    ],
)
async def test_the_title_is_one_line_of_plain_text(
    http_pbx: PbxSimulator, http_window: Window, name: str, title: str
) -> None:
    """Whatever the PBX is called."""
    http_pbx.name = name
    await http_window.open()

    created = await http_window.sign_in()

    assert created["title"] == title
