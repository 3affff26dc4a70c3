"""What a person needs to recognize a certificate or a PBX, as placeholders of texts."""

from datetime import datetime
from typing import Final

from homeassistant.config_entries import ConfigEntry

from ..pbx import Certificate

MAX_NAMES: Final = 10  # of a certificate, that a text shows


def certificate_placeholders(
    base_url: str, certificate: Certificate, changed_from: str | None = None
) -> dict[str, str]:
    """Return the placeholders of a step that shows a certificate.

    `changed_from` is the fingerprint that was pinned before, if any.
    """
    return {
        "url": base_url,
        "subject": _literally(certificate.subject or "?"),
        "names": ", ".join(map(_literally, certificate.names[:MAX_NAMES])) or "?",
        "fingerprint": _grouped(certificate.fingerprint),
        "old_fingerprint": _grouped(changed_from or ""),
        "valid_from": _date(certificate.valid_from),
        "valid_until": _date(certificate.valid_until),
    }


def replacement_placeholders(
    entry: ConfigEntry, new_name: str, new_serial_number: str
) -> dict[str, str]:
    """Return the placeholders of a step that shows which PBX replaces another."""
    return {
        "name": entry.title,
        "old_serial_number": _literally(entry.unique_id or ""),
        "new_name": _literally(new_name),
        "new_serial_number": _literally(new_serial_number),
    }


def _literally(text: str) -> str:
    """Return a text as Markdown code, in one line.

    It is chosen by whoever runs the server, who must not inject Markdown.
    """
    return f"`{' '.join(text.replace('`', "'").split())}`"


def _grouped(fingerprint: str) -> str:
    """Return a fingerprint as browsers and OpenSSL show it: `AB:CD:…`."""
    return bytes.fromhex(fingerprint).hex(":").upper()


def _date(moment: datetime | None) -> str:
    # In UTC: a certificate that ends with the year would end in the next one elsewhere.
    return moment.date().isoformat() if moment else "?"
