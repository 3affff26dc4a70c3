"""Add a mailbox: from the list, or by its number."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryState, SubentryFlowResult
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from simulator import (
    Fault,
    GroupMode,
    Outage,
    PbxSimulator,
    SimulatedGroup,
    default_groups,
)
from simulator.many import many_extensions
from tests.common import asked


async def open_form(hass: HomeAssistant, entry: MockConfigEntry) -> SubentryFlowResult:
    """Open the form that adds a mailbox."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "mailbox"), context={"source": "user"}
    )


async def enter(
    hass: HomeAssistant, form: SubentryFlowResult, number: str
) -> SubentryFlowResult:
    """Select or type a number."""
    result = await hass.config_entries.subentries.async_configure(
        form["flow_id"], {"number": number}
    )
    await hass.async_block_till_done()
    return result


def suggested(form: SubentryFlowResult) -> str | None:
    """Return what the field is filled in with."""
    schema = form["data_schema"]
    assert schema
    [field] = schema.schema
    return (field.description or {}).get("suggested_value")


def offered(form: SubentryFlowResult) -> Mapping[str, str]:
    """Return what the list offers: titles by number."""
    schema = form["data_schema"]
    assert schema
    selector: Any = schema.schema["number"]
    return {each["value"]: each["label"] for each in selector.config["options"]}


@pytest.fixture(autouse=True)
async def _unloaded(hass: HomeAssistant, http_entry: MockConfigEntry) -> Any:
    """Leave no listener behind."""
    yield
    if http_entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(http_entry.entry_id)


async def test_select_an_extension(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """It is a device with entities at once."""
    form = await open_form(hass, http_entry)
    assert offered(form)["3200"] == "Leo Ball (3200)"

    result = await enter(hass, form, "3200")

    assert result["type"] == "create_entry"
    [subentry] = http_entry.subentries.values()
    assert (subentry.title, subentry.unique_id) == ("Leo Ball (3200)", "3200")
    assert dict(subentry.data) == {
        "number": "3200",
        "name": "Leo Ball",
        "kind": "extension",
        "extension_id": http_pbx.extension_id("3200"),
    }
    assert hass.states.get("sensor.leo_ball_3200_unread_messages")
    assert hass.states.get("select.leo_ball_3200_presence")


async def test_a_mailbox_that_is_added_is_no_longer_offered(
    hass: HomeAssistant, http_entry: MockConfigEntry
) -> None:
    """And cannot be added again, with or without spaces around its number."""
    await enter(hass, await open_form(hass, http_entry), "3200")

    form = await open_form(hass, http_entry)
    assert "3200" not in offered(form)
    result = await enter(hass, form, " 3200 ")

    assert (result["type"], result["reason"]) == ("abort", "already_configured")


async def test_two_forms_for_the_same_box(
    hass: HomeAssistant, http_entry: MockConfigEntry
) -> None:
    """The second one finds it added."""
    forms = [await open_form(hass, http_entry) for _ in range(2)]
    await enter(hass, forms[0], "3200")

    result = await enter(hass, forms[1], "3200")

    assert (result["type"], result["reason"]) == ("abort", "already_configured")
    assert len(http_entry.subentries) == 1


async def test_groups(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """Those that share their messages, and no presence of them."""
    http_pbx.groups = default_groups()
    shared = [g for g in http_pbx.groups.values() if g.mode is GroupMode.SHARE]
    copied = [g for g in http_pbx.groups.values() if g.mode is GroupMode.BROADCAST]
    form = await open_form(hass, http_entry)
    assert {group.number for group in shared} <= set(offered(form))
    assert not {group.number for group in copied} & set(offered(form))

    result = await enter(hass, form, shared[0].number)

    assert result["type"] == "create_entry"
    assert len(hass.states.async_entity_ids("event")) == 1
    assert hass.states.async_entity_ids("select") == []


async def test_a_group_that_copies_its_messages(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """Its number can be typed; the form says why it is of no use."""
    http_pbx.groups["6500"] = SimulatedGroup("6500", "All", ["3200"])
    http_pbx.groups["6500"].mode = GroupMode.BROADCAST

    result = await enter(hass, await open_form(hass, http_entry), "6500")

    assert result["errors"] == {"number": "group_without_messages"}


@pytest.mark.parametrize("number", ["9999", "Nobody", "3200,3201", "99999x"])
async def test_a_number_that_the_pbx_does_not_have(
    hass: HomeAssistant, http_entry: MockConfigEntry, number: str
) -> None:
    """The form stays, with what it offered and with what was typed."""
    form = await open_form(hass, http_entry)

    result = await enter(hass, form, number)

    assert result["errors"] == {"number": "box_not_found"}
    assert offered(result) == offered(form)
    assert suggested(result) == number
    again = await enter(hass, result, number)
    assert again["errors"] == {"number": "box_not_found"}
    assert (await enter(hass, result, "3201"))["type"] == "create_entry"


@pytest.mark.parametrize("typed", [{}, {"number": ""}, {"number": " "}])
async def test_nothing_is_added_that_nobody_chose(
    hass: HomeAssistant, http_entry: MockConfigEntry, typed: dict[str, str]
) -> None:
    """The field is empty and not required: the frontend selects nothing in it."""
    form = await open_form(hass, http_entry)
    assert suggested(form) is None
    schema = form["data_schema"]
    assert schema
    assert not any(isinstance(field, vol.Required) for field in schema.schema)

    result = await hass.config_entries.subentries.async_configure(
        form["flow_id"], typed
    )

    assert result["errors"] == {"number": "box_not_found"}
    assert not http_entry.subentries


@pytest.mark.parametrize("typed", ["32 00", " 3200", "leo ball", "Leo Ball (3200)"])
async def test_a_box_as_people_type_it(
    hass: HomeAssistant, http_entry: MockConfigEntry, typed: str
) -> None:
    """Its number with spaces, or its name if no other box has it."""
    result = await enter(hass, await open_form(hass, http_entry), typed)

    assert result["type"] == "create_entry"
    assert [each.unique_id for each in http_entry.subentries.values()] == ["3200"]


@pytest.mark.parametrize("typed", ["3201", " 3201 "])
@pytest.mark.parametrize("is_new", [False, True])
async def test_a_number_that_is_the_name_of_another_box(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    typed: str,
    is_new: bool,
) -> None:
    """The box with that number is meant: nobody is to hear the messages of another."""
    http_pbx.extensions["3200"].name = "3201"
    ann = http_pbx.extensions["3201"]
    if is_new:
        del http_pbx.extensions["3201"]
    form = await open_form(hass, http_entry)
    http_pbx.extensions["3201"] = ann

    result = await enter(hass, form, typed)

    assert result["type"] == "create_entry"
    assert [each.unique_id for each in http_entry.subentries.values()] == ["3201"]


async def test_an_extension_that_is_deleted_while_the_form_is_open(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """It is not added."""
    form = await open_form(hass, http_entry)
    del http_pbx.extensions["3201"]

    result = await enter(hass, form, "3201")

    assert result["errors"] == {"number": "box_not_found"}


async def test_an_application_without_the_permission_for_extensions(
    hass: HomeAssistant,
    http_pbx: PbxSimulator,
    http_entry: MockConfigEntry,
    possible_warnings: list[str],
) -> None:
    """What has messages is added by its number; of others nothing is known."""
    possible_warnings.append("denies access to extensions")
    http_pbx.errcodes |= {"extension/list": 10005, "extension/search": 10005}
    form = await open_form(hass, http_entry)
    assert form["errors"] == {"base": "access_denied"}
    http_pbx.errcodes["vm/query"] = 60001
    refused = await enter(hass, form, "3299")
    assert "access_denied" in (refused["errors"] or {}).values()
    del http_pbx.errcodes["vm/query"]

    result = await enter(hass, refused, "3200")

    assert result["type"] == "create_entry"


async def test_the_lists_are_read_once_in_five_minutes(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """A second form opens without a request."""
    form = await open_form(hass, http_entry)
    http_pbx.requests.clear()

    again = await open_form(hass, http_entry)

    assert asked(http_pbx) == {}
    assert offered(again) == offered(form)


async def test_a_number_with_zeros_is_typed(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """A box that was created after the form opened is found, too."""
    form = await open_form(hass, http_entry)
    http_pbx.extensions["0043"] = http_pbx.extensions["0042"]
    http_pbx.extensions["0043"].number = "0043"

    result = await enter(hass, form, "0043")

    assert result["type"] == "create_entry"


async def test_10000_extensions(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """All are offered, at the cost of a request for each 500."""
    http_pbx.extensions = many_extensions(10_000, 1)
    http_pbx.switches.max_page_size = None

    form = await open_form(hass, http_entry)

    assert len(offered(form)) == 10_000
    assert asked(http_pbx)["extension/list"] <= 21
    assert (await enter(hass, form, "5678"))["type"] == "create_entry"


async def test_a_pbx_that_is_gone(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """The form says why, and a number can be entered when the PBX is back."""
    await http_pbx.begin_outage(Outage.REFUSED)
    form = await open_form(hass, http_entry)
    assert form["errors"] == {"base": "connection_refused"}
    assert offered(form) == {}
    again = await enter(hass, form, "3200")
    assert again["errors"] == {"base": "connection_refused"}

    await http_pbx.end_outage()
    result = await enter(hass, again, "3200")

    assert result["type"] == "create_entry"


async def test_a_list_that_may_not_be_read(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_entry: MockConfigEntry
) -> None:
    """The text of the error needs nothing that it does not have."""
    http_pbx.faults["extension/list"] = Fault.FORBIDDEN_403

    form = await open_form(hass, http_entry)

    assert form["errors"] == {"base": "gateway_refused"}
    assert form["description_placeholders"] == {"status": "403"}


async def test_an_entry_that_is_not_loaded(
    hass: HomeAssistant, http_entry: MockConfigEntry
) -> None:
    """There is no PBX to ask."""
    await hass.config_entries.async_unload(http_entry.entry_id)

    result = await open_form(hass, http_entry)

    assert (result["type"], result["reason"]) == ("abort", "not_loaded")
