"""The check of the PBX of a config entry, loaded or not, and its words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..check.findings import Finding, Findings, Subject
from ..check.record import record_text
from ..check.run import PbxCheck
from ..const import DOMAIN
from ..entry import YeastarConfigEntry
from ..errors.translated import async_texts
from ..kept import async_get_kept
from ..mailboxes.mailbox import entry_mailboxes
from ..mailboxes.messages import MailboxState
from ..pbx import CannotConnect, PbxFault

# An entry that could not be unloaded still has its client.
_HAS_CLIENT: Final = (ConfigEntryState.LOADED, ConfigEntryState.FAILED_UNLOAD)
# The IDs of the entries whose PBX is being checked.
_RUNNING: HassKey[set[str]] = HassKey(f"{DOMAIN}_checks")


@dataclass(frozen=True, slots=True)
class Checked:
    """What works and what does not, as a list in Markdown, and the record."""

    findings: str
    record: str = field(repr=False)


async def async_check(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    update_progress: Callable[[float], None],
) -> Checked:
    """Check the PBX of an entry, and tell which part of the check is done.

    One check of an entry runs at a time.
    """
    found = set[Subject]()

    @callback
    def note(finding: Finding) -> None:
        found.add(finding.subject)
        update_progress(len(found) / len(Subject))

    running = hass.data.setdefault(_RUNNING, set())
    running.add(entry.entry_id)
    try:
        findings = await _async_find(hass, entry, note)
    finally:
        running.discard(entry.entry_id)
    # A PBX that ignores the size of a page answers with megabytes.
    record = await hass.async_add_executor_job(record_text, findings)
    return Checked(await async_describe(hass, findings), record)


@callback
def async_is_being_checked(hass: HomeAssistant, entry: YeastarConfigEntry) -> bool:
    """Return whether a check of an entry is running."""
    return entry.entry_id in hass.data.get(_RUNNING, ())


async def _async_find(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    on_found: Callable[[Finding], None],
) -> Findings:
    """Check the PBX with the one access token that the entry has.

    An entry that is not loaded is not set up meanwhile: two clients would renew the
    same token.
    """
    mailbox = _mailbox_to_ask(entry)
    async with entry.setup_lock:
        if entry.state not in _HAS_CLIENT:
            account = async_get_kept(hass, entry).account
            try:
                client = await account.async_open()
            except CannotConnect as err:  # The client before still renews its token.
                return Findings.without_sign_in(err)
            try:
                return await PbxCheck(client, mailbox, on_found=on_found).run()
            finally:
                account.async_close()
        client = entry.runtime_data.client
    return await PbxCheck(client, mailbox, on_found=on_found).run()


@callback
def _mailbox_to_ask(entry: YeastarConfigEntry) -> str:
    """Return the number of the mailbox of which most can be found out, or none.

    That is one with a message that was read: no other is downloaded.
    """
    known: Mapping[str, MailboxState] = {}
    if entry.state in _HAS_CLIENT:
        known = entry.runtime_data.mailboxes.messages.data

    def finds_out(number: str) -> tuple[bool, bool]:
        state = known.get(number) or MailboxState()
        return len(state.unread) < len(state.messages), bool(state.messages)

    return max(entry_mailboxes(entry), key=finds_out, default="")


async def async_describe(hass: HomeAssistant, found: Findings) -> str:
    """Return findings as a list in Markdown."""
    texts = await async_texts(hass, "selector")

    def line(finding: Finding) -> str:
        subject = texts[f"check_subject.options.{finding.subject}"]
        outcome = texts[f"check_outcome.options.{finding.outcome}"]
        code = finding.error.errcode if isinstance(finding.error, PbxFault) else None
        detail = f" ({code})" if code is not None else ""
        mark = "✅" if finding.outcome.is_well else "⚠️"
        return f"- {mark} **{subject}**: {outcome}{detail}"

    return "\n".join(line(finding) for finding in found.findings)
