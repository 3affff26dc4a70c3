"""What an error of the PBX, of TLS or of the network means, code by code."""

from itertools import pairwise
import ssl
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from custom_components.yeastar_vm.pbx import (
    AccessDenied,
    AddressNotAllowed,
    CannotConnect,
    CertificateChanged,
    CertificateNotTrusted,
    InvalidResponse,
    NotFound,
    NotSupported,
    PbxFault,
    YeastarError,
)
from custom_components.yeastar_vm.pbx.errors import (
    AddressBlocked,
    ApiMissing,
    CertificateWrongName,
    ConnectionFailure,
    GatewayRefused,
    InternalFault,
    TokenRefused,
    TooManyTokens,
    Unauthorized,
)
from custom_components.yeastar_vm.pbx.http.answers import answer_error, parse_answer
from custom_components.yeastar_vm.pbx.http.endpoint import (
    GET_TOKEN,
    INFORMATION,
    REFRESH_TOKEN,
    Endpoint,
)
from custom_components.yeastar_vm.pbx.http.failures import failure, most_telling

GREETING = Endpoint("greeting/play", names=("file",))


@pytest.mark.parametrize(
    ("errcodes", "error"),
    [
        ((10001, 10002, 10003), NotSupported),
        ((10004, 10005), TokenRefused),
        ((10009, 70084), AccessDenied),
        ((40001, 40002, 60001), NotFound),
        ((-2,), InternalFault),
        ((60002, 20002), PbxFault),
        ((70004,), AddressBlocked),
        ((70087,), AddressNotAllowed),
    ],
)
def test_an_error_code(errcodes: tuple[int, ...], error: type[YeastarError]) -> None:
    """It says what a request came to."""
    for errcode in errcodes:
        found = answer_error(errcode, {}, GREETING)
        assert type(found) is error
        assert getattr(found, "expired", False) is (errcode == 10004)


@pytest.mark.parametrize("errcode", [40001, 40002])
def test_a_parameter_of_a_request_that_names_nothing(errcode: int) -> None:
    """It is a fault of the request; what is not there may have no name."""
    assert type(answer_error(errcode, {}, INFORMATION)) is PbxFault
    assert type(answer_error(60001, {}, INFORMATION)) is NotFound


@pytest.mark.parametrize("endpoint", [GET_TOKEN, REFRESH_TOKEN])
@pytest.mark.parametrize(
    ("errcodes", "error"),
    [
        ((10001, 10002, 10003), ApiMissing),
        ((60002,), TooManyTokens),
        ((10004, 10005, 10009, 40001, 40002, 60001, 70084, -2), PbxFault),
        ((70004,), AddressBlocked),
        ((70087,), AddressNotAllowed),
    ],
)
def test_an_error_code_of_a_sign_in(
    endpoint: Endpoint, errcodes: tuple[int, ...], error: type[YeastarError]
) -> None:
    """Most codes mean something else there."""
    for errcode in errcodes:
        assert type(answer_error(errcode, {}, endpoint)) is error


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, InvalidResponse),
        (401, Unauthorized),
        (403, GatewayRefused),
        (404, InvalidResponse),
        (429, CannotConnect),
        (499, InvalidResponse),
        (500, CannotConnect),
    ],
)
def test_what_is_no_answer_of_the_api(status: int, error: type[YeastarError]) -> None:
    """The status says what it is; one with an `errcode` is an answer."""
    for body in (b"", b"[]", b"{}", b"<p>", b"[" * 100_000, b'{"errcode": null}'):
        with pytest.raises(error) as caught:
            parse_answer(status, body)
        assert type(caught.value) is error
    # A name may be cut off within an emoji.
    answer = b'{"errcode": 7, "name": "\\ud83d"}'
    assert parse_answer(status, answer) == (7, {"errcode": 7, "name": "\ud83d"})


@pytest.mark.parametrize(
    ("verify_code", "key"),
    [
        (18, "certificate_not_trusted"),  # self-signed
        (62, "certificate_wrong_name"),  # of a name
        (64, "certificate_wrong_name"),  # of an address
        (66, "tls_outdated"),  # a short key
        (67, "tls_outdated"),  # a short key of an authority
        (68, "tls_outdated"),  # a weak digest
    ],
)
def test_why_a_certificate_is_refused(verify_code: int, key: str) -> None:
    """OpenSSL has a code for each reason."""
    refused = ssl.SSLCertVerificationError()
    refused.verify_code = verify_code
    place: Any = SimpleNamespace(host="pbx.example", port=443, is_ssl=True)
    error = failure(aiohttp.ClientConnectorCertificateError(place, refused))

    assert error.key == key


def test_the_failure_that_says_most() -> None:
    """Of all addresses of a server, that of the one which answered is told."""
    telling = [
        CertificateChanged("ab" * 32),
        CertificateWrongName(),
        CertificateNotTrusted(),
        CannotConnect(ConnectionFailure.CLIENT_CERTIFICATE),
        CannotConnect(ConnectionFailure.TLS_OUTDATED),
        CannotConnect(ConnectionFailure.TLS_FAILED),
        CannotConnect(ConnectionFailure.CONNECTION_LOST),
        CannotConnect(ConnectionFailure.CONNECTION_REFUSED),
    ]
    silent = CannotConnect(ConnectionFailure.TIMEOUT)

    for more, less in pairwise(telling):
        assert most_telling([silent, less, None, more, less]) is more
    assert most_telling([silent, telling[-1]]) is telling[-1]
    assert most_telling([silent, None]) is None
