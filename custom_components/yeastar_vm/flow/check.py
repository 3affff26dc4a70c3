"""The check of the PBX of a config entry, loaded or not, and its words."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from ..check.findings import Finding, Findings
from ..check.run import PbxCheck
from ..entry import YeastarConfigEntry
from ..errors.translated import async_texts
from ..kept import async_get_kept
from ..mailboxes.mailbox import entry_mailboxes
from ..pbx import CannotConnect, PbxFault


async def async_check(
    hass: HomeAssistant,
    entry: YeastarConfigEntry,
    on_found: Callable[[Finding], None],
) -> Findings:
    """Check the PBX with the one access token that the entry has.

    An entry that is not loaded is not set up meanwhile: two clients would renew the
    same token.
    """
    mailbox = next(iter(entry_mailboxes(entry)), "")
    async with entry.setup_lock:
        if entry.state is not ConfigEntryState.LOADED:
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


async def async_describe(hass: HomeAssistant, found: Findings) -> str:
    """Return what works and what does not, as a list in Markdown."""
    texts = await async_texts(hass, "selector")

    def line(finding: Finding) -> str:
        subject = texts[f"check_subject.options.{finding.subject}"]
        outcome = texts[f"check_outcome.options.{finding.outcome}"]
        code = finding.error.errcode if isinstance(finding.error, PbxFault) else None
        detail = f" ({code})" if code is not None else ""
        mark = "✅" if finding.outcome.is_well else "⚠️"
        return f"- {mark} **{subject}**: {outcome}{detail}"

    return "\n".join(line(finding) for finding in found.findings)
