"""Select what turns the messages of a mailbox into text."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import ConfigEntryState, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import PbxSimulator
from tests.common import asked
from tests.engines import ENGINE, Engine, add_engine
from tests.mailboxes.common import ann_empty, leo_ball, load_with_mailboxes


@pytest.fixture
async def engine(hass: HomeAssistant) -> Engine:
    """Return the engine `stt.engine`."""
    return await add_engine(hass)


@pytest.fixture
async def entry(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> AsyncIterator[MockConfigEntry]:
    """Return the entry of a PBX with two mailboxes."""
    entry = await load_with_mailboxes(hass, http_pbx, leo_ball(), ann_empty())
    http_pbx.requests.clear()
    yield entry
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)


async def reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry, **typed: str
) -> SubentryFlowResult:
    """Open the form of Leo Ball's mailbox, and submit it."""
    flows = hass.config_entries.subentries
    form = await flows.async_init(
        (entry.entry_id, "mailbox"),
        context={"source": "reconfigure", "subentry_id": "mailbox_3200"},
    )
    assert form["step_id"] == "reconfigure"
    assert form["description_placeholders"] == {"mailbox": "Leo Ball (3200)"}
    result = await flows.async_configure(form["flow_id"], typed)
    await hass.async_block_till_done()
    return result


def suggested(form: SubentryFlowResult) -> dict[str, Any]:
    """Return what the form is filled in with."""
    schema = form["data_schema"]
    assert schema
    return {
        str(field): field.description["suggested_value"]
        for field in schema.schema
        if field.description
    }


async def test_turn_it_on_and_off(
    hass: HomeAssistant, http_pbx: PbxSimulator, entry: MockConfigEntry, engine: Engine
) -> None:
    """It is off at first. Nothing else changes, and nothing is loaded again."""
    pbx, before = entry.runtime_data, dict(entry.subentries["mailbox_3200"].data)
    assert "engine" not in before

    result = await reconfigure(hass, entry, engine=ENGINE, language="de")
    on = dict(entry.subentries["mailbox_3200"].data)
    again = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "mailbox"),
        context={"source": "reconfigure", "subentry_id": "mailbox_3200"},
    )
    await reconfigure(hass, entry, language="de")

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert on == {**before, "engine": ENGINE, "language": "de"}
    assert suggested(again) == {"engine": ENGINE, "language": "de"}
    assert dict(entry.subentries["mailbox_3200"].data) == before
    assert entry.runtime_data is pbx
    assert asked(http_pbx)["vm/query"] == 0


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"engine": "stt.nobody"}, {"engine": "not_an_engine"}),
        ({"engine": ENGINE, "language": "fr"}, {"language": "language_not_supported"}),
    ],
)
async def test_what_does_not_fit(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    engine: Engine,
    typed: dict[str, str],
    errors: dict[str, str],
) -> None:
    """It is found at the form, which keeps what was typed."""
    result = await reconfigure(hass, entry, **typed)

    assert result["errors"] == errors
    assert suggested(result) == typed
    assert "engine" not in entry.subentries["mailbox_3200"].data


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"_attr_available": False}, "engine_unavailable"),
        ({"formats": ()}, "engine_not_supported"),
        ({"languages": None}, "engine_unavailable"),
    ],
)
async def test_an_engine_that_cannot_be_used(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    engine: Engine,
    possible_warnings: list[str],
    change: dict[str, Any],
    error: str,
) -> None:
    """Whatever is wrong with it."""
    possible_warnings.append("^stt.engine failed with TypeError$")
    for name, value in change.items():
        setattr(engine, name, value)

    result = await reconfigure(hass, entry, engine=ENGINE)

    assert result["errors"] == {"engine": error}


async def test_an_engine_that_is_gone_since(
    hass: HomeAssistant, entry: MockConfigEntry, engine: Engine
) -> None:
    """The form says so as soon as it is opened."""
    await reconfigure(hass, entry, engine=ENGINE)
    await engine.async_remove(force_remove=True)

    form = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "mailbox"),
        context={"source": "reconfigure", "subentry_id": "mailbox_3200"},
    )

    assert form["errors"] == {"engine": "not_an_engine"}
    assert suggested(form) == {"engine": ENGINE}


async def test_a_new_name_on_the_pbx_changes_nothing_of_it(
    hass: HomeAssistant, http_pbx: PbxSimulator, entry: MockConfigEntry, engine: Engine
) -> None:
    """The mailbox keeps its engine."""
    await reconfigure(hass, entry, engine=ENGINE)

    http_pbx.rename_extension("3200", "Leo Baller")
    await entry.runtime_data.mailboxes.boxes.async_refresh()
    await hass.async_block_till_done()

    data = entry.subentries["mailbox_3200"].data
    assert (data["name"], data["engine"]) == ("Leo Baller", ENGINE)


@pytest.mark.parametrize("with_pbx", [False, True])
async def test_a_mailbox_that_is_removed_while_the_form_is_open(
    hass: HomeAssistant, entry: MockConfigEntry, engine: Engine, with_pbx: bool
) -> None:
    """As in another browser, alone or with its PBX: the form says so."""
    flows = hass.config_entries.subentries
    form = await flows.async_init(
        (entry.entry_id, "mailbox"),
        context={"source": "reconfigure", "subentry_id": "mailbox_3200"},
    )
    if with_pbx:
        await hass.config_entries.async_remove(entry.entry_id)
    else:
        hass.config_entries.async_remove_subentry(entry, "mailbox_3200")

    result = await flows.async_configure(form["flow_id"], {"engine": ENGINE})
    await hass.async_block_till_done()

    assert (result["type"], result["reason"]) == ("abort", "mailbox_removed")
