"""The config flow, whatever is typed into its fields."""

import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from hypothesis import assume, example, given, strategies as st

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.pbx import BaseUrl, InvalidUrl
from simulator import PbxSimulator

from .running import Run
from .strategies import FEW, WITH_FIXTURES, attacks, near, texts

TRANSLATIONS = Path("custom_components") / DOMAIN / "translations/en.json"
ERRORS = json.loads(TRANSLATIONS.read_text())["config"]["error"]


async def add(hass: HomeAssistant, way: str, typed: dict[str, Any]) -> FlowResultType:
    """Add a PBX as a user does; return how that ended, and leave nothing of it."""
    flows = hass.config_entries.flow
    flow = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
    flow = await flows.async_configure(flow["flow_id"], {"next_step_id": way})
    flow = await flows.async_configure(flow["flow_id"], typed)
    if flow["type"] is FlowResultType.FORM:
        assert set((flow["errors"] or {}).values()) <= set(ERRORS)
        flows.async_abort(flow["flow_id"])
    if flow["type"] is FlowResultType.CREATE_ENTRY:
        await hass.async_block_till_done()
        await hass.config_entries.async_remove(flow["result"].entry_id)
    await hass.async_block_till_done()
    return flow["type"]


def leads_here(typed: str) -> bool:
    """Return whether an address asks nobody else: none in the network, no name."""
    try:
        return BaseUrl.from_typed(typed).host == "127.0.0.1"
    except InvalidUrl:
        return True


@WITH_FIXTURES
@given(st.data())
def test_any_address_is_signed_in_to_or_refused_in_words(
    run: Run, hass: HomeAssistant, http_pbx: PbxSimulator, data: st.DataObject
) -> None:
    """The form comes back and says what is wrong."""
    url = data.draw(
        near(http_pbx.base_url) | near(f"{http_pbx.base_url}/openapi/v1.0") | attacks
    )
    assume(leads_here(url))
    typed = {
        "url": url,
        "client_id": http_pbx.client_id,
        "client_secret": http_pbx.client_secret,
    }
    assert run(add(hass, "credentials", typed)) in (
        FlowResultType.FORM,
        FlowResultType.CREATE_ENTRY,
    )


@FEW
@given(st.just("RIGHT") | texts, st.just("RIGHT") | texts, st.booleans())
@example("RIGHT", " RIGHT\n", True)
@example("\ud800", "\0", False)
def test_any_secret_is_taken_or_refused_in_words(
    run: Run,
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    first: str,
    second: str,
    credentials: bool,
) -> None:
    """The form comes back and says what is wrong."""
    http_pbx.lift_blocks()
    if credentials:
        way = "credentials"
        fields = {
            "client_id": first.replace("RIGHT", http_pbx.client_id),
            "client_secret": second.replace("RIGHT", http_pbx.client_secret),
        }
    else:
        way = "access_token"
        fields = {"access_token": first, "refresh_token": second}

    result = run(add(hass, way, {"url": http_pbx.base_url, **fields}))

    right = credentials and first.strip() == second.strip() == "RIGHT"
    expected = FlowResultType.CREATE_ENTRY if right else FlowResultType.FORM
    assert result is expected
