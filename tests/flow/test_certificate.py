"""The step that shows a certificate."""

from datetime import UTC, datetime, timedelta

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util.ssl import SSL_ALPN_HTTP11, SSLCipherList, client_context
import pytest
import voluptuous as vol

from custom_components.yeastar_vm import pbx as library
from custom_components.yeastar_vm.flow.certificate_text import (
    async_certificate_placeholders,
)
from simulator import Authority, PbxSimulator, Resolve
from simulator.certificate import Certificate
from tests.clock import Clock
from tests.user_interface import grouped
from tests.window import Window

from .forms import assert_error, suggested


async def test_a_certificate_that_changes_meanwhile_is_shown_again(
    pbx: PbxSimulator, window: Window
) -> None:
    """The user trusted the one that was shown, not any."""
    await window.open()
    await window.sign_in()
    seen = pbx.fingerprint
    await pbx.renew_certificate()

    result = await window.submit()

    assert result["step_id"] == "certificate_changed"
    shown = dict(result["description_placeholders"] or {})
    assert shown["old_fingerprint"] == grouped(seen)
    assert shown["fingerprint"] == grouped(pbx.fingerprint) != grouped(seen)
    assert pbx.requests == []

    created = await window.submit()
    assert created["data"]["certificate_fingerprint"] == pbx.fingerprint


async def test_a_trusted_certificate_holds_for_its_url_only(
    hass: HomeAssistant, pbx: PbxSimulator, window: Window
) -> None:
    """Another URL in the same window is asked about again."""
    await window.open()
    await window.sign_in(client_secret="wrong")
    assert_error(await window.submit(), "invalid_auth")
    async with PbxSimulator() as other:
        result = await window.sign_in(url=other.base_url)

        assert result["step_id"] == "certificate"
        assert (result["description_placeholders"] or {})["fingerprint"] == grouped(
            other.fingerprint
        )
        assert other.requests == []


async def test_a_pbx_that_goes_away_in_the_certificate_step_is_named(
    pbx: PbxSimulator, window: Window
) -> None:
    """The credentials form is back, with the error."""
    await window.open()
    await window.sign_in()
    await pbx.stop()

    result = await window.submit()

    assert_error(result, "connection_refused")
    assert result["step_id"] == "credentials"


# A certificate of an authority, for other names


@pytest.fixture
def authority(pbx: PbxSimulator) -> Authority:
    """Return an authority that Home Assistant trusts."""
    authority = Authority(pbx.clock())
    context = client_context(SSLCipherList.PYTHON_DEFAULT, SSL_ALPN_HTTP11)
    context.load_verify_locations(cadata=authority.pem)
    return authority


@pytest.fixture
def names_of_the_pbx(pbx: PbxSimulator, authority: Authority) -> None:
    """Let the PBX show a certificate for a name and an address of its own."""
    pbx.show(authority.issue(pbx.clock(), ["pbx.example", "*.example", "fd00::5"]))


@pytest.mark.usefixtures("names_of_the_pbx")
async def test_a_certificate_for_another_name_offers_that_name(
    hass: HomeAssistant, resolve: Resolve, pbx: PbxSimulator, window: Window
) -> None:
    """With it, the certificate is trusted whenever it is renewed."""
    resolve("pbx.example", ["127.0.0.1"])
    await window.open()

    shown = await window.sign_in()
    assert selected(shown) is None
    unselected = await window.submit()
    assert_error(unselected, "empty", "address")
    assert selected(unselected) is None

    assert (shown["type"], shown["step_id"]) == (
        FlowResultType.FORM,
        "certificate_wrong_name",
    )
    assert (shown["description_placeholders"] or {})["names"] == (
        "`pbx.example`, `fd00::5`"
    )
    assert addresses(shown) == [
        f"https://pbx.example:{pbx.port}",
        f"https://[fd00::5]:{pbx.port}",
        "keep_address",
    ]
    assert pbx.requests == []

    created = await window.submit(address=f"https://pbx.example:{pbx.port}")
    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["url"] == f"https://pbx.example:{pbx.port}"
    assert created["data"]["certificate_fingerprint"] is None


@pytest.mark.usefixtures("names_of_the_pbx")
async def test_a_certificate_for_another_name_can_be_pinned(
    pbx: PbxSimulator, window: Window
) -> None:
    """The user keeps the address, and sees the fingerprint first."""
    await window.open()
    await window.sign_in()

    shown = await window.submit(address="keep_address")
    assert shown["step_id"] == "certificate"
    assert pbx.requests == []

    created = await window.submit()
    assert created["data"]["url"] == pbx.base_url
    assert created["data"]["certificate_fingerprint"] == pbx.fingerprint


@pytest.mark.usefixtures("names_of_the_pbx")
async def test_a_name_that_leads_nowhere_is_named(
    resolve: Resolve, pbx: PbxSimulator, window: Window
) -> None:
    """The form is back, with the address that was selected."""
    await window.open()
    await window.sign_in()

    form = await window.submit(address=f"https://pbx.example:{pbx.port}")

    assert_error(form, "host_not_found")
    assert suggested(form)["url"] == f"https://pbx.example:{pbx.port}"


async def test_a_certificate_without_a_usable_name_is_shown(
    pbx: PbxSimulator, authority: Authority, window: Window
) -> None:
    """There is nothing to select from."""
    pbx.show(authority.issue(pbx.clock(), ["*.example"]))
    await window.open()

    assert (await window.sign_in())["step_id"] == "certificate"


@pytest.mark.usefixtures("names_of_the_pbx")
async def test_a_self_signed_certificate_for_another_name_is_shown(
    pbx: PbxSimulator, window: Window
) -> None:
    """Its names prove nothing."""
    pbx.show(Certificate.create(pbx.clock(), ["pbx.example"]))
    await window.open()

    assert (await window.sign_in())["step_id"] == "certificate"


async def test_an_expired_certificate_of_an_authority_is_shown(
    pbx: PbxSimulator, authority: Authority, window: Window
) -> None:
    """With its dates, which say why it is not trusted."""
    age, valid_for = timedelta(days=30), timedelta(days=29)
    pbx.show(authority.issue(pbx.clock(), age=age, valid_for=valid_for))
    await window.open()

    shown = await window.sign_in()

    assert shown["step_id"] == "certificate"
    placeholders = shown["description_placeholders"] or {}
    yesterday = datetime.fromtimestamp(pbx.clock(), UTC) - timedelta(days=1)
    assert placeholders["valid_until"] == yesterday.date().isoformat()


@pytest.mark.parametrize("found", [["::1", "127.0.0.1"], ["127.0.0.1", "::1"]])
async def test_a_name_with_a_dead_address_shows_the_certificate(
    resolve: Resolve, pbx: PbxSimulator, window: Window, found: list[str]
) -> None:
    """That of the address which answered, whichever is tried last."""
    resolve("pbx.local", found)
    await window.open()

    shown = await window.sign_in(url=f"https://pbx.local:{pbx.port}")

    assert shown["step_id"] == "certificate"
    assert (await window.submit())["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "2026-11-20"), ("de", "20.11.2026"), ("zh-Hans", "2026年11月20日")],
)
async def test_dates_are_written_as_in_the_language_of_home_assistant(
    hass: HomeAssistant,
    clock: Clock,
    pbx: PbxSimulator,
    window: Window,
    language: str,
    shown: str,
) -> None:
    """The certificate is a day old."""
    clock.move_to("2026-11-21T12:00:00Z")
    pbx.show(Certificate.create(pbx.clock()))
    hass.config.language = language
    await window.open()

    step = await window.sign_in()

    assert (step["description_placeholders"] or {})["valid_from"] == shown


async def test_a_certificate_of_the_factory_is_called_so(
    hass: HomeAssistant, pbx: PbxSimulator, window: Window
) -> None:
    """Other devices may have the same one."""
    pbx.show(Certificate.factory(pbx.clock()))
    await window.open()

    shown = await window.sign_in()
    assert shown["step_id"] == "certificate_factory"
    placeholders = shown["description_placeholders"] or {}
    assert "UCCPBX" in placeholders["subject"]
    assert placeholders["fingerprint"] == grouped(pbx.fingerprint)

    assert (await window.submit())["type"] is FlowResultType.CREATE_ENTRY


def selected(form: ConfigFlowResult) -> object:
    """Return the address that a form has selected, as the frontend does."""
    assert form["data_schema"]
    [field] = form["data_schema"].schema
    if isinstance(field, vol.Required):
        return addresses(form)[0]
    return (field.description or {}).get("suggested_value")


def addresses(form: ConfigFlowResult) -> list[str]:
    """Return the addresses that a form offers."""
    assert form["data_schema"]
    selector = form["data_schema"].schema["address"]
    return [option["value"] for option in selector.config["options"]]


async def test_a_certificate_that_cannot_be_read(hass: HomeAssistant) -> None:
    """Its fingerprint is shown all the same."""
    certificate = library.Certificate.from_der(b"no certificate")

    shown = await async_certificate_placeholders(hass, "https://pbx", certificate)

    assert shown["fingerprint"] == grouped(certificate.fingerprint)
    assert {shown[each].strip("`") for each in ("subject", "names", "valid_from")} == {
        "?"
    }
