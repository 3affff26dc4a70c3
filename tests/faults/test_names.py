"""A PBX with a name, such as `pbx.local`, that only Home Assistant's resolver knows."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from tests.pbx_simulator import PbxSimulator, Resolve
from tests.window import Window


async def test_a_certificate_is_looked_at_under_that_name(
    hass: HomeAssistant, resolve: Resolve, pbx: PbxSimulator
) -> None:
    """The user sees it, trusts it, and the PBX is added."""
    resolve("pbx.local", ["127.0.0.1"])
    window = Window(hass, pbx)
    await window.open()

    shown = await window.sign_in(url=f"https://pbx.local:{pbx.port}")
    assert shown["step_id"] == "certificate"
    created = await window.submit()

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["certificate_fingerprint"] == pbx.fingerprint
