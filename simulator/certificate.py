"""Certificates of the PBX's web server, self-signed or of an authority of the tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from ipaddress import ip_address
import ssl
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

LOOPBACK = ("127.0.0.1", "localhost")
"""What a certificate is for unless told otherwise."""
FACTORY_NAME = "UCCPBX"
"""Subject and issuer of the certificate that a PBX is delivered with."""
_DAY = timedelta(days=1)
_TEN_YEARS = timedelta(days=3652)

_MAY_SIGN = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)

type _Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key.

    ``pem`` and ``key_pem`` are PEM texts; ``fingerprint`` is the SHA-256 of the DER
    form, 64 lower-case hexadecimal digits.
    """

    pem: str
    key_pem: str
    fingerprint: str

    @classmethod
    def create(
        cls, now: float, names: Sequence[str] = LOOPBACK, *, rsa_key: bool = False
    ) -> Self:
        """Make a self-signed one, valid from the day before ``now`` for ten years.

        It has a new key; an RSA key takes a while to make, and is made once.
        """
        key = _rsa_key() if rsa_key else _new_key()
        today = _at(now)
        unsigned = _unsigned(names, key, _name(names[0]), today - _DAY, _TEN_YEARS)
        return cls._of(unsigned.sign(key, hashes.SHA256()), key)

    @classmethod
    def factory(cls, now: float) -> Self:
        """Make a self-signed one as of the Software Edition: for nobody's name."""
        key = _new_key()
        name, today = _name(FACTORY_NAME), _at(now)
        unsigned = _unsigned((), key, name, today - _DAY, _TEN_YEARS)
        return cls._of(unsigned.subject_name(name).sign(key, hashes.SHA256()), key)

    @classmethod
    def read(cls, pem: str) -> Self:
        """Read a certificate and its key, PEM texts one after the other."""
        certificate, begin_of_key, key = pem.partition("-----BEGIN PRIVATE KEY")
        der = ssl.PEM_cert_to_DER_cert(certificate)
        return cls(certificate, begin_of_key + key, sha256(der).hexdigest())

    @classmethod
    def _of(cls, certificate: x509.Certificate, key: _Key) -> Self:
        return cls(
            certificate.public_bytes(Encoding.PEM).decode(),
            key.private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            ).decode(),
            certificate.fingerprint(hashes.SHA256()).hex(),
        )


class Authority:
    """A certificate authority, which a client may trust by its ``pem``."""

    def __init__(self, now: float, name: str = "Authority of the tests") -> None:
        """Make an authority with a new key, for ten years around ``now``."""
        self._key = _new_key()
        self._name = _name(name)
        self._certificate = (
            _unsigned((), self._key, self._name, _at(now) - _TEN_YEARS, 2 * _TEN_YEARS)
            .subject_name(self._name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_MAY_SIGN, critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )
        self.pem = self._certificate.public_bytes(Encoding.PEM).decode()

    def issue(
        self,
        now: float,
        names: Sequence[str] = LOOPBACK,
        *,
        age: timedelta = _DAY,
        valid_for: timedelta = _TEN_YEARS,
    ) -> Certificate:
        """Return a new certificate for host names and addresses.

        It has been valid for ``age``, which may be negative, and is valid for
        ``valid_for`` in all.
        """
        key = _new_key()
        unsigned = _unsigned(
            names, key, self._name, _at(now) - age, valid_for
        ).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
            critical=False,
        )
        return Certificate._of(unsigned.sign(self._key, hashes.SHA256()), key)


def _unsigned(
    names: Sequence[str],
    key: _Key,
    issuer: x509.Name,
    begin: datetime,
    valid_for: timedelta,
) -> x509.CertificateBuilder:
    builder = (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + valid_for)
    )
    if not names:
        return builder
    return builder.subject_name(_name(names[0])).add_extension(
        x509.SubjectAlternativeName([_alternative(name) for name in names]),
        critical=False,
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _at(now: float) -> datetime:
    return datetime.fromtimestamp(now, UTC)


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def _rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


# cryptography keeps the datetime class that it sees at its first signature. Were that
# freezegun's, signing would fail for the rest of the process once time is thawed.
Certificate.create(0)
