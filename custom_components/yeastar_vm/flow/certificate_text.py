"""What a person needs to recognize a certificate or a PBX, as placeholders of texts."""

from datetime import datetime
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..errors.markdown import literally
from ..errors.translated import async_texts
from ..pbx import Certificate

MAX_NAMES: Final = 10  # of a certificate, that a text shows
# Bytes of a fingerprint that stay in one line, also on a phone.
GROUP: Final = 8

# Whom a PBX's certificate is issued to before somebody uploads another one.
_FACTORY: Final = "uccpbx"


async def async_certificate_placeholders(
    hass: HomeAssistant,
    base_url: str,
    certificate: Certificate,
    changed_from: str | None = None,
) -> dict[str, str]:
    """Return the placeholders of a step that shows a certificate.

    `changed_from` is the fingerprint that was pinned before, if any.
    """
    pattern = (await async_texts(hass, "common"))["date"]
    return certificate_placeholders(base_url, certificate, changed_from, pattern)


def certificate_placeholders(
    base_url: str, certificate: Certificate, changed_from: str | None, pattern: str
) -> dict[str, str]:
    """Return these placeholders with dates in a pattern such as `{year}-{month}`."""
    return {
        "url": base_url,
        "subject": literally(certificate.subject or "?"),
        "names": ", ".join(map(literally, certificate.names[:MAX_NAMES])) or "?",
        "fingerprint": _grouped(certificate.fingerprint),
        "old_fingerprint": _grouped(changed_from or ""),
        "valid_from": _date(pattern, certificate.valid_from),
        "valid_until": _date(pattern, certificate.valid_until),
    }


def is_of_the_factory(certificate: Certificate) -> bool:
    """Return whether a certificate is the one that PBXs come with."""
    return _FACTORY in (certificate.subject or "").lower()


def replacement_placeholders(
    entry: ConfigEntry, new_name: str, new_serial_number: str
) -> dict[str, str]:
    """Return the placeholders of a step that shows which PBX replaces another."""
    return {
        "name": entry.title,
        "old_serial_number": literally(entry.unique_id or ""),
        "new_name": literally(new_name),
        "new_serial_number": literally(new_serial_number),
    }


def _grouped(fingerprint: str) -> str:
    """Return a fingerprint as browsers show it, `AB:CD:…`, in groups.

    A line that is too long breaks between them.
    """
    text = bytes.fromhex(fingerprint).hex(":").upper()
    width = 3 * GROUP
    return " ".join(text[at : at + width] for at in range(0, len(text), width))


def _date(pattern: str, moment: datetime | None) -> str:
    # In UTC: a certificate that ends with the year would end in the next one elsewhere.
    if moment is None:
        return "?"
    return pattern.format(day=f"{moment:%d}", month=f"{moment:%m}", year=f"{moment:%Y}")
