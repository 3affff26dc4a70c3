"""Certificates: what a server shows is read as far as it can be."""

from datetime import UTC, datetime, timedelta, timezone
import hashlib
import re

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from homeassistant.util import dt as dt_util
from hypothesis import example, given, strategies as st
import pytest

from custom_components.yeastar_vm.flow.certificate_text import certificate_placeholders
from custom_components.yeastar_vm.pbx import Certificate

from .strategies import edited

# cryptography warns of some certificates that it reads.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

DATE = "{year}-{month}-{day}"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
NEVER = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - in UTC, says RFC 5280


def certificate(
    subject: str = "PBX",
    valid_from: datetime = datetime(2026, 1, 1),  # noqa: DTZ001
    valid_until: datetime = NEVER,
) -> bytes:
    """Return a self-signed certificate, as DER."""
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "XX"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, subject),
        ]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(valid_from)
        .not_valid_after(valid_until)
        .sign(KEY, None)
        .public_bytes(Encoding.DER)
    )


RIGHT = certificate()
VERSION = RIGHT.index(b"\xa0\x03\x02\x01\x02") + 4
NAME_TYPE = RIGHT.rindex(b"\x13\x02XX")  # a text; 3 makes it a bit string


def changed(at: int, byte: int) -> bytes:
    """Return the right certificate with one byte changed."""
    return RIGHT[:at] + bytes([byte]) + RIGHT[at + 1 :]


@given(
    edited(RIGHT, st.binary(max_size=3))
    | st.builds(changed, st.integers(0, len(RIGHT) - 1), st.integers(0, 255))
    | st.binary()
)
@example(changed(VERSION, 1))
@example(changed(NAME_TYPE, 3))
def test_any_bytes_are_a_certificate_that_can_be_shown(der: bytes) -> None:
    """The fingerprint tells it from all others, whatever else is legible."""
    read = Certificate.from_der(der)

    assert read.fingerprint == hashlib.sha256(der).hexdigest()
    shown = certificate_placeholders("https://pbx.example", read, None, DATE)
    assert (
        shown["fingerprint"].replace(":", "").replace(" ", "").lower()
        == read.fingerprint
    )
    assert all(shown[key] for key in ("subject", "valid_from", "valid_until"))


@given(
    st.text(min_size=1, max_size=16),
    st.datetimes(datetime(1950, 1, 1), datetime(2049, 12, 31)),  # noqa: DTZ001
    st.datetimes(datetime(2050, 1, 1), NEVER),  # noqa: DTZ001
    st.integers(-12, 14),
)
@example("`\n\n**Verified.** [Go on](//evil.example) `", datetime(2026, 1, 1), NEVER, 0)  # noqa: DTZ001
@example("never ends", datetime(2026, 1, 1), NEVER, 14)  # noqa: DTZ001
def test_a_certificate_shows_what_it_says(
    subject: str,
    valid_from: datetime,
    valid_until: datetime,
    hours: int,
) -> None:
    """Everywhere on earth, also where its end is after the end of the calendar."""
    zone = timezone(timedelta(hours=hours))
    read = Certificate.from_der(certificate(subject, valid_from, valid_until))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dt_util, "DEFAULT_TIME_ZONE", zone)
        shown = certificate_placeholders(
            "https://pbx.example", read, read.fingerprint, DATE
        )

    assert re.fullmatch(r"`[^`\n]+`", shown["subject"])
    assert read.valid_from == valid_from.replace(microsecond=0, tzinfo=UTC)
    assert shown["valid_from"] == valid_from.date().isoformat()
    assert shown["valid_until"] == valid_until.date().isoformat()
    assert shown["old_fingerprint"] == shown["fingerprint"]
