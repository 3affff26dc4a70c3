"""What a person needs to recognize a certificate, as placeholders of a text."""

from datetime import datetime

from .pbx import Certificate


def certificate_placeholders(
    base_url: str, certificate: Certificate, changed_from: str | None
) -> dict[str, str]:
    """Return the placeholders of a step that shows a certificate.

    `changed_from` is the fingerprint that was pinned before, if any.
    """
    return {
        "url": base_url,
        "subject": _literally(certificate.subject or "?"),
        "fingerprint": _grouped(certificate.fingerprint),
        "old_fingerprint": _grouped(changed_from or ""),
        "valid_from": _date(certificate.valid_from),
        "valid_until": _date(certificate.valid_until),
    }


def _literally(text: str) -> str:
    """Return a text as Markdown code, in one line.

    The subject is chosen by whoever runs the server, who must not inject Markdown.
    """
    return f"`{' '.join(text.replace('`', "'").split())}`"


def _grouped(fingerprint: str) -> str:
    """Return a fingerprint as browsers and OpenSSL show it: `AB:CD:…`."""
    return bytes.fromhex(fingerprint).hex(":").upper()


def _date(moment: datetime | None) -> str:
    # In UTC: a certificate that ends with the year would end in the next one elsewhere.
    return moment.date().isoformat() if moment else "?"
