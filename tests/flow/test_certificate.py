"""The step that shows a certificate."""

from homeassistant.core import HomeAssistant

from tests.pbx_simulator import PbxSimulator
from tests.user_interface import grouped
from tests.window import Window

from .forms import assert_error


async def test_a_certificate_that_changes_meanwhile_is_shown_anew(
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
