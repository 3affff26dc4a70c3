"""The check of a PBX from the options of its entry."""

import asyncio
from datetime import timedelta
from http import HTTPStatus
import re
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.yeastar_vm.check import run
from custom_components.yeastar_vm.check.findings import (
    Finding,
    Findings,
    Outcome,
    Subject,
)
from custom_components.yeastar_vm.flow.check import (
    async_describe,
    async_is_being_checked,
)
from custom_components.yeastar_vm.lifecycle import SETUP_TIMEOUT
from custom_components.yeastar_vm.sign_in.account import CLOSE_TIMEOUT
from simulator import Fault, PbxSimulator
from simulator.many import fill_mailboxes, many_extensions
from tests.clock import Clock
from tests.common import MINUTE, arrival, endpoints
from tests.gate import Gate
from tests.mailboxes.common import load_with_mailboxes, mailbox
from tests.user_interface import TRANSLATIONS, placeholders

MOST_REQUESTS = 14
LARGEST_RECORD = 64_000  # bytes; 20 rows of each list


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Listen no longer than for the answers."""
    monkeypatch.setattr(run, "LISTEN", 0)


async def check(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    """Check the PBX of an entry, and return what the last step shows."""
    options = hass.config_entries.options
    menu = await options.async_init(entry.entry_id)
    assert menu["type"] is FlowResultType.MENU
    shown = await options.async_configure(menu["flow_id"], {"next_step_id": "check"})
    if shown["type"] is FlowResultType.SHOW_PROGRESS:
        await hass.async_block_till_done()
        shown = await options.async_configure(menu["flow_id"])
    assert shown["step_id"] == "checked"
    given = shown["description_placeholders"]
    assert given
    return {**given, "flow_id": shown["flow_id"]}


def path_in(shown: dict[str, Any]) -> str:
    """Return the path that the link leads to."""
    match = re.fullmatch(r'<a href="([^"]+)" target="_blank">', shown["link"])
    assert match
    return match[1]


async def test_a_loaded_entry(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: PbxSimulator
) -> None:
    """It is asked with the token that the entry has, and stays as it was."""
    before = pbx.requests.copy()

    shown = await check(hass, entry)

    assert "- ✅ **Extensions**: works\n" in shown["findings"]
    assert "**Messages**: left out, because no mailbox was added" in shown["findings"]
    assert "⚠️" not in shown["findings"]
    assert "get_token" not in endpoints(pbx)[len(before) :]
    result = await hass.config_entries.options.async_configure(shown["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.state is ConfigEntryState.LOADED


async def test_what_does_not_work(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: PbxSimulator
) -> None:
    """It is said in words, and an error with its code."""
    pbx.errcodes["extension_vm_greeting/list"] = 70082
    pbx.errcodes["vm_group/list"] = 10005

    findings = (await check(hass, entry))["findings"]

    assert "- ⚠️ **Greetings**: the PBX reports an error (70082)" in findings
    assert "- ⚠️ **Groups**: the application has no permission" in findings


async def test_the_record_can_be_downloaded_once(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    pbx: PbxSimulator,
    hass_client_no_auth: ClientSessionGenerator,
    expected_warnings: list[str],
) -> None:
    """With its link alone; nothing of it is kept."""
    expected_warnings.append("invalid authentication")
    path = path_in(await check(hass, entry))
    client = await hass_client_no_auth()

    answer = await client.get(path)
    record = await answer.json()

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert record["firmware"] == pbx.firmware
    assert pbx.serial_number not in await answer.text()
    assert (await client.get(path)).status == HTTPStatus.NOT_FOUND
    unsigned = path.partition("?")[0]
    assert (await client.get(unsigned)).status == HTTPStatus.UNAUTHORIZED


async def test_the_record_is_forgotten_after_a_day(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """Whether or not somebody wanted it."""
    path = path_in(await check(hass, entry)).partition("?")[0]

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=1, minutes=1))
    await hass.async_block_till_done()

    client = await hass_client()
    assert (await client.get(path)).status == HTTPStatus.NOT_FOUND


async def test_an_entry_that_is_not_loaded(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: PbxSimulator
) -> None:
    """It is checked with its own token all the same, and can be loaded after that."""
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()

    findings = (await check(hass, entry))["findings"]

    assert "- ✅ **Greetings**: works\n" in findings
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert "get_token" not in endpoints(pbx)


async def test_an_entry_that_is_signed_out(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: PbxSimulator, refused: str
) -> None:
    """Nothing is sent."""
    findings = (await check(hass, entry))["findings"]

    assert "- ⚠️ **Sign-in**: refused, so the check stopped" in findings
    assert "**Events**: left out, because the check stopped" in findings
    assert endpoints(pbx) == []


async def test_an_entry_in_a_pause(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: PbxSimulator
) -> None:
    """The PBX has blocked the address: the check does not make it worse."""
    pbx.errcodes["*"] = 70004
    await check(hass, entry)
    pbx.requests.clear()

    findings = (await check(hass, entry))["findings"]

    assert "- ⚠️ **Information**: refused, so the check stopped" in findings
    assert endpoints(pbx) == []


async def test_a_pbx_that_is_silent(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    pbx: PbxSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The check ends, and says so."""
    monkeypatch.setattr(run, "LONGEST_QUESTION", 0.3)
    monkeypatch.setattr(run, "LONGEST", 0.8)
    pbx.faults["*"] = Fault.SILENT

    findings = (await check(hass, entry))["findings"]

    assert "- ⚠️ **Information**: the PBX did not answer" in findings
    pbx.faults.clear()


async def test_a_dialog_that_is_closed_ends_the_check(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: PbxSimulator
) -> None:
    """Nobody would read what it finds."""
    pbx.faults["extension/list"] = Fault.SILENT
    options = hass.config_entries.options
    menu = await options.async_init(entry.entry_id)
    await options.async_configure(menu["flow_id"], {"next_step_id": "check"})

    options.async_abort(menu["flow_id"])
    await hass.async_block_till_done()

    assert entry.state is ConfigEntryState.LOADED


async def test_one_check_at_a_time(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: PbxSimulator
) -> None:
    """A second dialog says that the first one is checking, and works after it."""
    gate = Gate(pbx, "extension/list")
    options = hass.config_entries.options
    first, second = [await options.async_init(entry.entry_id) for _ in range(2)]
    await options.async_configure(first["flow_id"], {"next_step_id": "check"})
    await gate.arrived()

    refused = await options.async_configure(
        second["flow_id"], {"next_step_id": "check"}
    )

    assert refused["type"] is FlowResultType.ABORT
    assert refused["reason"] == "already_checking"
    assert refused["reason"] in TRANSLATIONS["en"]["options"]["abort"]
    gate.open()
    await hass.async_block_till_done()
    assert "**Extensions**: works" in (await check(hass, entry))["findings"]


async def test_an_entry_that_is_removed_during_the_check(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: PbxSimulator
) -> None:
    """The dialog says so at the end."""
    gate = Gate(pbx, "extension/list")
    options = hass.config_entries.options
    menu = await options.async_init(entry.entry_id)
    await options.async_configure(menu["flow_id"], {"next_step_id": "check"})
    await gate.arrived()

    removal = hass.async_create_task(hass.config_entries.async_remove(entry.entry_id))
    gate.open()
    await hass.async_block_till_done()
    result = await options.async_configure(menu["flow_id"])

    assert await removal
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "entry_removed"


async def test_a_client_that_still_renews_its_token(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    pbx: PbxSimulator,
    clock: Clock,
) -> None:
    """The check of an unloaded entry does not wait for it for long, nor sign in."""
    clock.tick(31 * MINUTE)
    pbx.faults["refresh_token"] = Fault.SILENT
    asked = arrival(pbx, "refresh_token")
    request = asyncio.create_task(entry.runtime_data.client.system.information())
    await asked.wait()
    await hass.config_entries.async_unload(entry.entry_id)

    with clock.running():
        findings = (await check(hass, entry))["findings"]

    assert "**Sign-in**: the PBX did not answer" in findings
    assert "get_token" not in endpoints(pbx)[1:]
    await asyncio.gather(request, return_exceptions=True)


async def test_a_dialog_that_is_closed_lets_the_next_one_check(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: PbxSimulator
) -> None:
    """Also of an entry that is not loaded, and that can be loaded then."""
    await hass.config_entries.async_unload(entry.entry_id)
    gate = Gate(pbx, "extension/list")
    options = hass.config_entries.options
    menu = await options.async_init(entry.entry_id)
    await options.async_configure(menu["flow_id"], {"next_step_id": "check"})
    await gate.arrived()

    options.async_abort(menu["flow_id"])
    while async_is_being_checked(hass, entry):  # noqa: ASYNC110 - it is cancelled
        await asyncio.sleep(0)

    gate.open()
    assert "**Extensions**: works" in (await check(hass, entry))["findings"]
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def test_an_entry_that_could_not_be_unloaded(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """It still has its client, and is checked with it."""
    entry.mock_state(hass, ConfigEntryState.FAILED_UNLOAD)

    findings = (await check(hass, entry))["findings"]

    assert "- ✅ **Greetings**: works\n" in findings
    entry.mock_state(hass, ConfigEntryState.LOADED)


@pytest.mark.parametrize("language", ["en", "de"])
async def test_what_is_found_is_said_in_the_language_of_the_user(
    hass: HomeAssistant, entry: MockConfigEntry, language: str
) -> None:
    """Of each subject, however its check ended."""
    hass.config.language = language
    texts = TRANSLATIONS[language]["selector"]

    for outcome in Outcome:
        findings = tuple(Finding(subject, outcome) for subject in Subject)
        said = await async_describe(hass, Findings(findings, (), (), ()))

        mark = "✅" if outcome.is_well else "⚠️"
        assert said.splitlines() == [
            f"- {mark} **{texts['check_subject']['options'][subject]}**: "
            f"{texts['check_outcome']['options'][outcome]}"
            for subject in Subject
        ]


@pytest.mark.parametrize(
    ("language", "denied", "silent"),
    [
        (
            "en",
            "**Groups**: the application has no permission",
            "**Greetings**: the PBX did not answer",
        ),
        (
            "de",
            "**Gruppen**: die Anwendung hat keine Berechtigung",
            "**Begrüßungen**: die Telefonanlage hat nicht geantwortet",
        ),
    ],
)
async def test_a_denied_and_a_silent_endpoint_in_words(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    pbx: PbxSimulator,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    denied: str,
    silent: str,
) -> None:
    """The rest works, and is said to."""
    monkeypatch.setattr(run, "LONGEST_QUESTION", 0.3)
    hass.config.language = language
    pbx.errcodes["vm_group/list"] = 10005
    pbx.faults["extension_vm_greeting/list"] = Fault.SILENT

    findings = (await check(hass, entry))["findings"]

    assert denied in findings
    assert silent in findings
    assert findings.count("⚠️") == 2


async def test_the_mailbox_that_tells_most(
    hass: HomeAssistant, http_pbx: PbxSimulator
) -> None:
    """It is one with a message that was read, because no other is downloaded."""
    http_pbx.leave_message("3202", "15550123")
    http_pbx.leave_message("0042", "15550123").is_read = True
    entry = await load_with_mailboxes(
        hass, http_pbx, *map(mailbox, ("3200", "3202", "0042"))
    )

    findings = (await check(hass, entry))["findings"]

    assert "- ✅ **Audio of a message**: works" in findings


@pytest.mark.parametrize("https", [True, False])
async def test_a_large_pbx(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    possible_warnings: list[str],
    *,
    https: bool,
) -> None:
    """The check costs as much as on a small one, and its record is as short."""
    possible_warnings.append("Computed for .*boxes of PBX")  # while it is loaded
    async with PbxSimulator(https=https) as pbx:
        pbx.extensions = many_extensions(10_000, duration=1)
        numbers = [*pbx.extensions][:200]
        fill_mailboxes(pbx, numbers, 10)
        entry = await load_with_mailboxes(hass, pbx, *map(mailbox, numbers))
        before = len(endpoints(pbx))

        shown = await check(hass, entry)

        requests = len(endpoints(pbx)) - before
        record = await (await (await hass_client()).get(path_in(shown))).read()
        assert requests <= MOST_REQUESTS
        assert len(record) < LARGEST_RECORD
        assert "**Messages of one mailbox**: works" in shown["findings"]
        await hass.config_entries.async_unload(entry.entry_id)


def test_a_check_takes_less_than_a_minute() -> None:
    """Also if a setup is running, and a client before still renews its token."""
    assert SETUP_TIMEOUT + CLOSE_TIMEOUT + run.LONGEST < 60
    assert run.LISTEN + run.LONGEST_QUESTION < run.LONGEST


def test_everything_that_a_check_finds_is_named() -> None:
    """Its subjects, how they end, and what the last step shows."""
    selectors = TRANSLATIONS["en"]["selector"]
    checked = TRANSLATIONS["en"]["options"]["step"]["checked"]

    assert list(selectors["check_subject"]["options"]) == list(Subject)
    assert list(selectors["check_outcome"]["options"]) == list(Outcome)
    assert placeholders(checked["description"]) == {"findings", "link", "end"}
