"""The self-signed certificate of the PBX's web server."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
import ssl
from tempfile import TemporaryDirectory
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1 and localhost, with its key.

    ``pem`` and ``key_pem`` are PEM texts; ``fingerprint`` is the SHA-256 of the DER
    form, 64 lower-case hexadecimal digits.
    """

    pem: str
    key_pem: str
    fingerprint: str

    @classmethod
    def create(cls, now: float) -> Self:
        """Make one with a new key, valid from the day before ``now`` for ten years."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        today = datetime.fromtimestamp(now, UTC)
        alternative_names = x509.SubjectAlternativeName(
            [x509.IPAddress(IPv4Address("127.0.0.1")), x509.DNSName("localhost")]
        )
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - timedelta(days=1))
            .not_valid_after(today + timedelta(days=3652))
            .add_extension(alternative_names, critical=False)
            .sign(key, hashes.SHA256())
        )
        return cls(
            certificate.public_bytes(Encoding.PEM).decode(),
            key.private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            ).decode(),
            certificate.fingerprint(hashes.SHA256()).hex(),
        )

    def load_into(self, context: ssl.SSLContext) -> None:
        """Show this certificate to whoever connects from now on."""
        with TemporaryDirectory() as folder:
            file = Path(folder) / "certificate.pem"
            file.write_text(self.pem + self.key_pem, encoding="ascii")
            context.load_cert_chain(file)


# cryptography keeps the datetime class that it sees at its first signature. Were that
# freezegun's, signing would fail for the rest of the process once time is thawed.
Certificate.create(0)
