"""The PBX library against a PBX: endpoints, answers, faults, tokens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
import gzip
import json
import logging
import ssl
import time
import tracemalloc
from typing import Any

import aiohttp
import aiohttp.web
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.yeastar_vm.pbx import (
    AccessDenied,
    AddressBlocked,
    AddressNotAllowed,
    AudioTooLarge,
    CannotConnect,
    CertificateChanged,
    CertificateNotTrusted,
    Credentials,
    Extension,
    GatewayRefused,
    Greeting,
    Interrupted,
    InvalidCredentials,
    InvalidResponse,
    NoAudio,
    NotFound,
    NotSupported,
    Pause,
    PbxFault,
    PbxInfo,
    Redirected,
    SignIn,
    TokenPair,
    TooManyTokens,
    YeastarClient,
    YeastarError,
    http as api_module,
    links as links_module,
    tokens as tokens_module,
)
from custom_components.yeastar_vm.pbx.certificate import Certificate

from .pbx_simulator import (
    BlockExpiry,
    EmptyList,
    Fault,
    PbxSimulator,
    Refusal,
    SimulatedExtension,
    SimulatedGreeting,
    UrlForm,
)

MINUTE = 60
HOUR = 3600


class Caller:
    """A client of a simulator, and what it asked to be kept."""

    def __init__(self, session: aiohttp.ClientSession, pbx: PbxSimulator) -> None:
        """Sign in with the PBX's own credentials."""
        self.session = session
        self.pbx = pbx
        self.kept: list[SignIn] = []
        self.pause = Pause()
        self.client = self.new(SignIn(Credentials(pbx.client_id, pbx.client_secret)))

    def new(self, sign_in: SignIn, **changes: Any) -> YeastarClient:
        """Return another client, as after a restart."""
        arguments: dict[str, Any] = {
            "fingerprint": self.pbx.fingerprint or None,
            "sign_in": sign_in,
            "pause": self.pause,
        }
        client = YeastarClient(
            self.session, self.pbx.base_url, **{**arguments, **changes}
        )
        client.add_sign_in_listener(self.kept.append)
        return client

    def asked(self) -> list[str]:
        """Return the endpoints asked since the last time."""
        endpoints = [request.endpoint for request in self.pbx.requests]
        self.pbx.requests.clear()
        return endpoints


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return an HTTP session."""
    async with aiohttp.ClientSession() as client_session:
        yield client_session


@pytest.fixture
def caller(session: aiohttp.ClientSession, pbx: PbxSimulator) -> Caller:
    """Return a caller of the PBX."""
    return Caller(session, pbx)


@pytest.fixture
async def signed_in(caller: Caller) -> Caller:
    """Return a caller that has a token."""
    await caller.client.get_information()
    caller.asked()
    return caller


# --- endpoints -----------------------------------------------------------------------


async def test_information(caller: Caller) -> None:
    """The PBX says who it is."""
    assert await caller.client.get_information() == PbxInfo(
        "3631A2124001", "PBX", "Yeastar P550", "37.23.0.15"
    )


async def test_every_request_has_the_vendors_user_agent(caller: Caller) -> None:
    """Also the download of the audio."""
    link = await caller.client.get_play_link("3200", "vm_welcome.wav")
    await caller.client.download(link)

    assert {request.headers["User-Agent"] for request in caller.pbx.requests} == {
        "OpenAPI"
    }
    assert caller.asked() == ["get_token", "extension_vm_greeting/play", "download"]


async def test_search_finds_an_exact_number(caller: Caller) -> None:
    """The PBX's search is a keyword match; `get_extension` is not."""
    caller.pbx.extensions["13200"] = SimulatedExtension("13200", "Not Leo")

    found = await caller.client.search_extensions("320")

    assert [extension.number for extension in found] == [
        "3200",
        "3201",
        "3202",
        "13200",
    ]
    assert await caller.client.get_extension("3200") == Extension(
        "3200", "Leo Ball", "available", id=1
    )
    assert await caller.client.get_extension("320") is None


@pytest.mark.parametrize("errcode", [60001, 40002])
async def test_a_search_that_finds_nothing_may_be_an_error(
    caller: Caller, errcode: int
) -> None:
    """The vendor's documents do not say that it is not."""
    caller.pbx.errcodes["extension/search"] = errcode

    assert await caller.client.search_extensions("nobody") == []
    assert await caller.client.get_extension("9999") is None


async def test_a_search_for_nothing_finds_all(caller: Caller) -> None:
    """Without a parameter that has no value."""
    assert await caller.client.search_extensions("") == (
        await caller.client.list_extensions()
    )
    assert "extension/search" not in caller.asked()


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        ([{"field": "page_size", "value": "500"}], PbxFault),
        ([{"field": "extension", "value": "3200"}], None),
        ([{"field": ["extension"]}, "file", 7], PbxFault),
        ("extension", None),
        ([], None),
        (None, None),
    ],
)
async def test_a_parameter_that_is_refused_is_not_always_a_name(
    session: aiohttp.ClientSession, refused: object, error: type[YeastarError] | None
) -> None:
    """An extension that the PBX does not have has no greetings."""
    answer = {"errcode": 40002, "invalid_param_list": refused}
    answers = [aiohttp.web.json_response(answer) for _ in range(2)]
    async with serve(answers) as base_url:
        client = stranger(session, base_url)
        if error is None:
            assert await client.list_greetings("3200") == []
        else:
            with pytest.raises(error):
                await client.list_greetings("3200")


async def test_a_list_of_all_has_no_name_to_be_refused(caller: Caller) -> None:
    """An error is no empty PBX."""
    caller.pbx.errcodes["extension/list"] = 40002

    with pytest.raises(PbxFault):
        await caller.client.list_extensions()


async def test_greetings_have_their_full_file_name(caller: Caller) -> None:
    """Also where the list shows another one, or one without its suffix."""
    greetings = await caller.client.list_greetings("3200")

    assert [(each.extension, each.file, each.type) for each in greetings] == [
        ("3200", "vm_welcome_001.wav", "tts"),
        ("3200", "vm_welcome.wav", "record"),
        ("3200", "holiday.wav", "record"),
        ("3200", "closed.WAV", "record"),
    ]


@pytest.mark.parametrize(
    ("row", "file"),
    [
        ({"real_filename": "a.wav", "file": "b", "suffix": ".wav"}, "a.wav"),
        ({"file": "b", "suffix": ".wav"}, "b.wav"),
        ({"file": "b.wav", "suffix": ".wav"}, "b.wav"),
        ({"file": "b.wav"}, "b.wav"),
        ({"real_filename": "", "file": "b", "suffix": ".WAV"}, "b.WAV"),
        ({"real_filename": 7, "file": "b.wav", "suffix": None}, "b.wav"),
    ],
)
def test_a_row_of_the_list_names_a_file(row: dict[str, object], file: str) -> None:
    """`real_filename` where there is one, else `file` with its suffix."""
    assert Greeting.from_row(row, "3200") == Greeting("3200", file, "")


@pytest.mark.parametrize("row", [{}, {"file": ""}, {"file": None}, {"file": ["a"]}])
def test_a_row_that_names_no_file_is_left_out(row: dict[str, object]) -> None:
    """One bad row does not spoil the list."""
    assert Greeting.from_row(row, "3200") is None


@pytest.mark.parametrize("empty", EmptyList)
async def test_an_extension_may_have_no_greetings(
    caller: Caller, empty: EmptyList
) -> None:
    """However the PBX writes an empty list."""
    caller.pbx.switches.empty_list = empty

    assert await caller.client.list_greetings("3201") == []


@pytest.mark.parametrize(("page_size", "pages"), [(None, 3), (400, 3), (100, 11)])
async def test_lists_are_read_to_their_end(
    caller: Caller, page_size: int | None, pages: int
) -> None:
    """Whatever page size the PBX allows."""
    caller.pbx.switches.max_page_size = page_size
    caller.pbx.extensions["5000"] = SimulatedExtension(
        "5000", "Many", [SimulatedGreeting(f"{i:04}.wav") for i in range(1050)]
    )

    greetings = await caller.client.list_greetings("5000")

    assert [greeting.file for greeting in greetings] == [
        f"{i:04}.wav" for i in range(1050)
    ]
    assert caller.asked().count("extension_vm_greeting/list") == pages


async def test_a_connection_is_for_one_request(caller: Caller) -> None:
    """Also where the PBX closes it without saying so."""
    caller.pbx.switches.announce_close = False
    caller.pbx.switches.max_page_size = 1
    await caller.client.get_information()
    caller.pbx.reboot()
    caller.pbx.switches.refuse_refresh = True

    link = await caller.client.get_play_link("3200", "vm_welcome.wav")
    audio = await caller.client.download(link)
    greetings = await caller.client.list_greetings("3200")

    assert len(audio) > 1000
    assert len(greetings) == 4
    assert caller.asked() == [
        *("get_token", "system/information", "extension_vm_greeting/play"),
        *("refresh_token", "get_token", "extension_vm_greeting/play", "download"),
        *["extension_vm_greeting/list"] * 4,
    ]


async def test_many_extensions_are_read_politely(caller: Caller) -> None:
    """All of them, by number, with a request for each 500."""
    numbers = [str(number) for number in range(1000, 11000)]
    caller.pbx.extensions = {n: SimulatedExtension(n, f"Name {n}") for n in numbers}

    extensions = await caller.client.list_extensions()

    assert [extension.number for extension in extensions] == numbers
    assert caller.asked() == ["get_token", *["extension/list"] * 20]


async def test_a_page_that_fails_fails_the_list(
    session: aiohttp.ClientSession,
) -> None:
    """As the error that it is, and leaves nothing running."""
    page = {"errcode": 0, "total_number": 9, "data": [{"number": "1"}]}
    answers = [
        aiohttp.web.json_response(page),
        *(aiohttp.web.json_response({"errcode": -2}) for _ in range(8)),
    ]
    async with serve(answers) as base_url:
        with pytest.raises(PbxFault):
            await stranger(session, base_url).list_extensions()


async def test_an_answer_that_is_packed_small_is_still_too_large(
    session: aiohttp.ClientSession,
) -> None:
    """What is counted are the bytes that come out."""
    bomb = await asyncio.to_thread(gzip.compress, bytes(20_000_000))
    packed = {"Content-Encoding": "gzip"}
    answers = [aiohttp.web.Response(body=bomb, headers=packed)]
    async with serve(answers) as base_url:
        tracemalloc.start()
        try:
            with pytest.raises(InvalidResponse, match="too large"):
                await stranger(session, base_url).get_information()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert len(bomb) < 100_000
    assert peak < 10_000_000


async def test_a_pbx_that_ignores_the_page(session: aiohttp.ClientSession) -> None:
    """Gives its rows once."""
    page = {"errcode": 0, "total_number": 3, "data": [{"number": "1"}, "?", {}]}
    answers = [aiohttp.web.json_response(page) for _ in range(3)]
    async with serve(answers) as base_url:
        extensions = await stranger(session, base_url).list_extensions()

    assert [extension.number for extension in extensions] == ["1"]


@pytest.mark.parametrize(
    "file",
    ["after hours.wav", "a+b & c#1.wav", "50%20off.wav", "fermé.wav", "night.WAV"],
)
async def test_any_file_name_finds_its_audio(caller: Caller, file: str) -> None:
    """And `.WAV` another than `.wav`."""
    original = next(
        greeting
        for greeting in caller.pbx.extensions["3202"].greetings
        if greeting.real_filename == file
    )

    link = await caller.client.get_play_link("3202", file)

    assert await caller.client.download(link) == original.audio()


@pytest.mark.parametrize("form", UrlForm)
async def test_a_play_link_leads_to_the_pbx(caller: Caller, form: UrlForm) -> None:
    """However the PBX writes it, and for half an hour."""
    caller.pbx.switches.url_form = form
    before = time.time()

    link = await caller.client.get_play_link("3200", "vm_welcome.wav")

    assert link.url.startswith(f"{caller.pbx.base_url}/api/download/")
    assert before + 1800 <= link.expires_at <= time.time() + 1800
    assert link.url not in repr(link)


async def test_a_play_link_elsewhere_is_refused(caller: Caller) -> None:
    """The PBX's answer is input."""
    caller.pbx.switches.play_resource_url = "https://evil.example/a.wav"

    with pytest.raises(InvalidResponse):
        await caller.client.get_play_link("3200", "vm_welcome.wav")


@pytest.mark.parametrize(
    ("extension", "file"), [("9999", "vm_welcome.wav"), ("3200", "vm_WELCOME.wav")]
)
async def test_what_the_pbx_does_not_have(
    caller: Caller, extension: str, file: str
) -> None:
    """Is told apart from a PBX that cannot be asked."""
    with pytest.raises(NotFound):
        await caller.client.get_play_link(extension, file)


# --- the audio -----------------------------------------------------------------------


@pytest.mark.parametrize("refusal", [Refusal.DATA_NOT_FOUND, Refusal.HTTP_404])
async def test_a_link_that_needs_the_token_gets_it(
    caller: Caller, refusal: Refusal
) -> None:
    """First as documented, then once more with the token."""
    caller.pbx.switches.play_link_needs_token = True
    caller.pbx.switches.token_refusal = refusal
    link = await caller.client.get_play_link("3200", "vm_welcome.wav")

    audio = await caller.client.download(link)

    assert audio[:4] == b"RIFF"
    assert caller.asked()[-2:] == ["download", "download"]


@pytest.mark.parametrize("refusal", [Refusal.DATA_NOT_FOUND, Refusal.HTTP_404])
async def test_an_expired_link_is_no_audio(
    caller: Caller, freezer: FrozenDateTimeFactory, refusal: Refusal
) -> None:
    """The PBX may answer that with HTTP 200."""
    caller.pbx.switches.link_refusal = refusal
    link = await caller.client.get_play_link("3200", "vm_welcome.wav")
    freezer.tick(31 * MINUTE)

    with pytest.raises(NoAudio):
        await caller.client.download(link)


@pytest.mark.parametrize(
    "fault", [Fault.HTML, Fault.EMPTY, Fault.JSON_LIST, Fault.NOT_FOUND_404]
)
async def test_something_else_than_audio_is_no_audio(
    caller: Caller, fault: Fault
) -> None:
    """Nothing else is passed on."""
    link = await caller.client.get_play_link("3200", "vm_welcome.wav")
    caller.pbx.faults["download"] = fault

    with pytest.raises(NoAudio):
        await caller.client.download(link)


@pytest.mark.parametrize("with_length", [True, False])
async def test_audio_is_bounded(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, *, with_length: bool
) -> None:
    """Whether the PBX says how much it is or not."""
    caller.pbx.switches.content_length = with_length
    monkeypatch.setattr(links_module, "MAX_AUDIO", 1000)
    link = await caller.client.get_play_link("3200", "vm_welcome.wav")

    with pytest.raises(AudioTooLarge):
        await caller.client.download(link)


async def test_audio_cut_off_is_an_error(caller: Caller) -> None:
    """Half a greeting is none."""
    link = await caller.client.get_play_link("3200", "vm_welcome.wav")
    caller.pbx.faults["download"] = Fault.HALF

    with pytest.raises(CannotConnect, match="connection_lost"):
        await caller.client.download(link)


# --- faults --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error", "text"),
    [
        (Fault.RESET, CannotConnect, "connection_lost"),
        (Fault.CLOSE, CannotConnect, "connection_lost"),
        (Fault.SILENT, CannotConnect, "timeout"),
        (Fault.HALF, CannotConnect, "connection_lost"),
        (Fault.HUGE, InvalidResponse, "too large"),
        (Fault.EMPTY, InvalidResponse, "no API answer"),
        (Fault.NOT_JSON, InvalidResponse, "no API answer"),
        (Fault.JSON_LIST, InvalidResponse, "no API answer"),
        (Fault.JSON_NULL, InvalidResponse, "no API answer"),
        (Fault.NO_ERRCODE, InvalidResponse, "no API answer"),
        (Fault.REDIRECT, Redirected, "another origin"),
        (Fault.HTML, InvalidResponse, "no API answer"),
        (Fault.BAD_REQUEST_400, InvalidResponse, "HTTP 400"),
        (Fault.UNAUTHORIZED_401, GatewayRefused, "HTTP 401"),
        (Fault.FORBIDDEN_403, GatewayRefused, "HTTP 403"),
        (Fault.NOT_FOUND_404, InvalidResponse, "HTTP 404"),
        (Fault.TOO_MANY_REQUESTS_429, CannotConnect, "unavailable"),
        (Fault.SERVER_ERROR_500, CannotConnect, "unavailable"),
        (Fault.BAD_GATEWAY_502, CannotConnect, "unavailable"),
        (Fault.UNAVAILABLE_503, CannotConnect, "unavailable"),
    ],
)
async def test_a_fault_is_named_and_passes(
    signed_in: Caller,
    fault: Fault,
    error: type[YeastarError],
    text: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The next call works, with the same sign-in."""
    monkeypatch.setattr(api_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.5))
    signed_in.pbx.faults["extension_vm_greeting/play"] = fault

    with pytest.raises(error, match=text):
        await signed_in.client.get_play_link("3200", "vm_welcome.wav")

    signed_in.pbx.faults.clear()
    assert await signed_in.client.get_play_link("3200", "vm_welcome.wav")
    assert "get_token" not in signed_in.asked()


@pytest.mark.parametrize(
    ("errcode", "error"),
    [
        (-2, PbxFault),
        (-1, PbxFault),
        (1, PbxFault),
        (2, PbxFault),
        (10001, NotSupported),
        (10002, NotSupported),
        (10003, NotSupported),
        (10004, AccessDenied),
        (10005, AccessDenied),
        (10009, AccessDenied),
        (40001, NotFound),
        (40002, NotFound),
        (40003, PbxFault),
        (60001, NotFound),
        (60002, PbxFault),
        (70004, AddressBlocked),
        (70082, PbxFault),
        (70084, AccessDenied),
        (70087, AddressNotAllowed),
        (70120, PbxFault),
    ],
)
async def test_an_error_code_is_named_and_passes(
    signed_in: Caller,
    freezer: FrozenDateTimeFactory,
    errcode: int,
    error: type[YeastarError],
) -> None:
    """And costs no sign-in."""
    signed_in.pbx.errcodes["extension_vm_greeting/play"] = errcode

    with pytest.raises(error):
        await signed_in.client.get_play_link("3200", "vm_welcome.wav")

    signed_in.pbx.errcodes.clear()
    freezer.tick(11 * MINUTE)
    assert await signed_in.client.get_play_link("3200", "vm_welcome.wav")
    assert "get_token" not in signed_in.asked()


async def test_the_port_may_be_closed(signed_in: Caller) -> None:
    """As while the PBX restarts, after which the token still works."""
    await signed_in.pbx.stop()
    with pytest.raises(CannotConnect, match="connection_refused"):
        await signed_in.client.get_information()

    await signed_in.pbx.start()
    await signed_in.client.get_information()

    assert signed_in.asked() == ["system/information"]


@pytest.mark.parametrize(
    "answer",
    [
        '\ufeff{"errcode": 0, "data": {"sn": "1"}}',
        '{"errcode": "0", "data": {"sn": 1}}',
        '{"errcode": 0, "data": {"sn": " 1 ", "device_name": ""}, "more": [{}]}',
    ],
)
async def test_an_answer_may_be_written_otherwise(
    session: aiohttp.ClientSession, answer: str
) -> None:
    """A byte order mark, numbers as text, fields too many or too few."""
    async with one_answer(answer) as base_url:
        info = await stranger(session, base_url).get_information()

    assert info == PbxInfo("1", "1", "", "")


@pytest.mark.parametrize(
    "answer",
    [
        "[" * 100_000,
        '{"errcode": ' + "1" * 5000 + "}",
        '{"errcode": true}',
        '{"errcode": 0.5}',
        '{"errcode": 0, "data": []}',
        '{"errcode": 0, "data": {}}',
        '{"errcode": 0, "data": {"sn": null}}',
        '{"errcode": 0, "data": {"sn": {"a": 1}}}',
        "\udcff",
    ],
    ids=lambda answer: repr(answer[:30]),
)
async def test_an_answer_of_another_shape_is_refused(
    session: aiohttp.ClientSession, answer: str
) -> None:
    """Whatever it is."""
    async with one_answer(answer) as base_url:
        with pytest.raises(InvalidResponse):
            await stranger(session, base_url).get_information()


async def test_something_else_than_a_web_server_is_no_pbx(
    session: aiohttp.ClientSession,
) -> None:
    """Such as a mail server."""

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises((InvalidResponse, CannotConnect)):
            await stranger(session, f"http://127.0.0.1:{port}").get_information()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_within_the_origin_is_followed(
    session: aiohttp.ClientSession, status: int
) -> None:
    """As behind a proxy that moves paths about."""
    answers = [
        aiohttp.web.Response(status=status, headers={"Location": "/elsewhere"}),
        aiohttp.web.json_response({"errcode": 0, "data": {"sn": "1"}}),
    ]
    async with serve(answers) as base_url:
        info = await stranger(session, base_url).get_information()

    assert info.serial_number == "1"


@pytest.mark.parametrize("location", ["/again", "http://[", "https://%zz:1:2/"])
async def test_a_redirect_without_end_or_aim_is_no_answer(
    session: aiohttp.ClientSession, location: str
) -> None:
    """It ends after a few."""
    answers = [
        aiohttp.web.Response(status=302, headers={"Location": location})
        for _ in range(9)
    ]
    async with serve(answers) as base_url:
        with pytest.raises((InvalidResponse, Redirected)):
            await stranger(session, base_url).get_information()


async def test_another_origin_is_named_without_its_query(signed_in: Caller) -> None:
    """The user may want to enter it; the token in the query stays secret."""
    signed_in.pbx.faults["system/information"] = Fault.REDIRECT

    with pytest.raises(Redirected) as caught:
        await signed_in.client.get_information()

    assert caught.value.origin == "http://example.invalid"


# --- certificates --------------------------------------------------------------------


async def test_a_self_signed_certificate_is_not_trusted(caller: Caller) -> None:
    """And nothing is sent to its owner."""
    client = caller.new(caller.client.sign_in, fingerprint=None)

    with pytest.raises(CertificateNotTrusted):
        await client.get_information()

    assert caller.asked() == []


async def test_a_changed_certificate_gets_nothing(signed_in: Caller) -> None:
    """The error names the new one."""
    await signed_in.pbx.renew_certificate()

    with pytest.raises(CertificateChanged) as caught:
        await signed_in.client.get_information()

    assert caught.value.fingerprint == signed_in.pbx.fingerprint
    assert signed_in.asked() == []


async def test_a_certificate_can_be_looked_at(
    session: aiohttp.ClientSession, pbx: PbxSimulator
) -> None:
    """Without sending anything."""
    certificate, _ = await stranger(session, pbx.base_url).probe_certificate()

    assert certificate.fingerprint == pbx.fingerprint
    assert certificate.subject is not None
    assert "127.0.0.1" in certificate.subject
    assert certificate.valid_from is not None
    assert certificate.valid_until is not None
    assert certificate.valid_from < certificate.valid_until
    assert pbx.requests == []


def test_a_certificate_that_cannot_be_read_has_a_fingerprint() -> None:
    """That is all that trust needs."""
    certificate = Certificate.from_der(b"not a certificate")

    assert len(certificate.fingerprint) == 64
    assert certificate.subject is None


async def test_a_certificate_needs_tls(
    session: aiohttp.ClientSession, http_pbx: PbxSimulator
) -> None:
    """A server of plain http has none."""
    https_url = http_pbx.base_url.replace("http:", "https:")

    with pytest.raises(CannotConnect, match="tls_failed"):
        await stranger(session, https_url).probe_certificate()


async def test_a_certificate_needs_a_server(
    session: aiohttp.ClientSession, pbx: PbxSimulator
) -> None:
    """A closed port has none."""
    await pbx.stop()

    with pytest.raises(CannotConnect, match="connection_refused"):
        await stranger(session, pbx.base_url).probe_certificate()


async def test_a_certificate_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch, session: aiohttp.ClientSession
) -> None:
    """A server may accept and say nothing."""
    limit = aiohttp.ClientTimeout(total=30, connect=0.2)
    monkeypatch.setattr(api_module, "TIMEOUT", limit)
    done = asyncio.Event()

    async def say_nothing(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await done.wait()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        base_url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(CannotConnect, match="timeout"):
            await stranger(session, base_url).probe_certificate()
        done.set()


async def test_https_at_a_port_of_http(
    session: aiohttp.ClientSession, http_pbx: PbxSimulator
) -> None:
    """Is told apart from a PBX that is off."""
    client = stranger(session, http_pbx.base_url.replace("http:", "https:"))

    with pytest.raises(CannotConnect, match="tls_failed"):
        await client.get_information()


# --- tokens --------------------------------------------------------------------------


async def test_one_token_serves_many_calls(caller: Caller) -> None:
    """And is kept for the next start."""
    for _ in range(3):
        await caller.client.get_information()

    assert caller.asked() == ["get_token", *["system/information"] * 3]
    assert [kept.tokens for kept in caller.kept] == [caller.client.sign_in.tokens]


async def test_a_restart_uses_the_kept_token(signed_in: Caller) -> None:
    """It costs no new one."""
    restarted = signed_in.new(signed_in.kept[-1])

    await restarted.get_information()

    assert signed_in.asked() == ["system/information"]


@pytest.mark.parametrize(
    ("age", "asked"),
    [
        (28 * MINUTE, ["extension_vm_greeting/play"]),
        (29 * MINUTE, ["refresh_token", "extension_vm_greeting/play"]),
        (31 * MINUTE, ["refresh_token", "extension_vm_greeting/play"]),
        (25 * HOUR, ["get_token", "extension_vm_greeting/play"]),
    ],
)
async def test_a_token_is_renewed_early(
    signed_in: Caller, freezer: FrozenDateTimeFactory, age: int, asked: list[str]
) -> None:
    """A minute before its end; one request while it is fresh, two when it is not."""
    freezer.tick(age)

    await signed_in.client.get_play_link("3200", "vm_welcome.wav")

    assert signed_in.asked() == asked
    assert len(signed_in.pbx.live_access_tokens) == 1


async def test_many_calls_renew_once(
    signed_in: Caller, freezer: FrozenDateTimeFactory
) -> None:
    """However many wait."""
    freezer.tick(31 * MINUTE)

    await asyncio.gather(
        *(signed_in.client.get_play_link("3200", "vm_welcome.wav") for _ in range(50))
    )

    assert signed_in.asked().count("refresh_token") == 1
    assert len(signed_in.pbx.live_access_tokens) == 1


async def test_many_calls_fail_together(caller: Caller) -> None:
    """A wrong secret is tried once, however many call."""
    client = caller.new(SignIn(Credentials(caller.pbx.client_id, "wrong")))

    results = await asyncio.gather(
        *(client.get_information() for _ in range(20)), return_exceptions=True
    )

    assert {type(result) for result in results} == {InvalidCredentials}
    assert caller.asked() == ["get_token"]


async def test_a_wrong_secret_is_never_tried_again(caller: Caller) -> None:
    """Not by later calls, and not after a restart."""
    client = caller.new(SignIn(Credentials(caller.pbx.client_id, "wrong")))
    for _ in range(10):
        with pytest.raises(InvalidCredentials):
            await client.get_information()

    restarted = caller.new(caller.kept[-1])
    with pytest.raises(InvalidCredentials):
        await restarted.get_information()

    assert caller.asked() == ["get_token"]


@pytest.mark.parametrize(
    "refusal", [Refusal.TOKEN_EXPIRED, Refusal.ACCESS_DENIED, Refusal.HTTP_401]
)
async def test_a_token_revoked_early_is_renewed_once(
    signed_in: Caller, refusal: Refusal
) -> None:
    """As after a reboot of the PBX, which forgets the refresh token, too."""
    signed_in.pbx.switches.token_refusal = refusal
    signed_in.pbx.switches.refresh_refusal = refusal
    signed_in.pbx.reboot()

    await signed_in.client.get_information()

    assert signed_in.asked() == [
        "system/information",
        "refresh_token",
        "get_token",
        "system/information",
    ]


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal.FAILURE,
        Refusal.TOKEN_EXPIRED,
        Refusal.ACCESS_DENIED,
        Refusal.PARAMETER_ERROR,
        Refusal.DATA_NOT_FOUND,
        Refusal.HTTP_401,
    ],
)
async def test_a_refused_refresh_leads_to_one_sign_in(
    signed_in: Caller, freezer: FrozenDateTimeFactory, refusal: Refusal
) -> None:
    """Whatever the PBX answers to a dead refresh token."""
    signed_in.pbx.switches.refuse_refresh = True
    signed_in.pbx.switches.refresh_refusal = refusal
    freezer.tick(31 * MINUTE)

    await signed_in.client.get_information()

    assert signed_in.asked() == ["refresh_token", "get_token", "system/information"]


async def test_a_refresh_that_fails_otherwise_loses_nothing(
    signed_in: Caller, freezer: FrozenDateTimeFactory
) -> None:
    """The next call refreshes again."""
    freezer.tick(31 * MINUTE)
    signed_in.pbx.faults["refresh_token"] = Fault.BAD_GATEWAY_502
    with pytest.raises(CannotConnect):
        await signed_in.client.get_information()

    signed_in.pbx.faults.clear()
    await signed_in.client.get_information()

    assert signed_in.asked() == ["refresh_token", "refresh_token", "system/information"]


async def test_an_answer_to_a_refresh_may_get_lost(
    signed_in: Caller, freezer: FrozenDateTimeFactory
) -> None:
    """Then the PBX has rotated the tokens and a new sign-in is due."""
    freezer.tick(31 * MINUTE)
    signed_in.pbx.faults["refresh_token"] = Fault.HALF
    with pytest.raises(CannotConnect):
        await signed_in.client.get_information()

    signed_in.pbx.faults.clear()
    await signed_in.client.get_information()

    assert signed_in.asked()[1:] == ["refresh_token", "get_token", "system/information"]


async def test_no_permission_is_not_a_matter_of_the_token(signed_in: Caller) -> None:
    """It is renewed once, not at every call."""
    signed_in.pbx.errcodes["system/information"] = 10005

    for _ in range(3):
        with pytest.raises(AccessDenied):
            await signed_in.client.get_information()

    assert signed_in.asked().count("refresh_token") == 1


async def test_a_token_alone_dies(
    caller: Caller, signed_in: Caller, freezer: FrozenDateTimeFactory
) -> None:
    """Without a refresh token nothing is sent after its end."""
    tokens = signed_in.client.sign_in.tokens
    assert tokens
    now = time.time()
    alone = TokenPair.of_unknown_age(tokens.access_token, "", now)
    client = caller.new(SignIn(None, alone))
    await client.get_information()
    freezer.tick(31 * MINUTE)
    caller.asked()

    with pytest.raises(InvalidCredentials):
        await client.get_information()

    assert caller.asked() == []


async def test_who_vouches_is_told_whatever_is_answered(caller: Caller) -> None:
    """The certificate comes first; of a self-signed one, nobody does."""
    caller.pbx.faults["*"] = Fault.CLOSE
    assert not (await caller.client.probe_certificate())[1]

    trusting = ssl.create_default_context(cadata=caller.pbx.certificate_pem)
    connector = aiohttp.TCPConnector(ssl=trusting)
    async with aiohttp.ClientSession(connector=connector) as session:
        assert (await Caller(session, caller.pbx).client.probe_certificate())[1]

    await caller.pbx.stop()
    with pytest.raises(CannotConnect):
        await caller.client.probe_certificate()


async def test_all_eight_tokens_in_use(
    caller: Caller, freezer: FrozenDateTimeFactory
) -> None:
    """Nothing is sent for a while, and then it works."""
    for _ in range(8):
        other = caller.new(caller.client.sign_in, pause=Pause())
        await other.get_information()
    caller.asked()

    for _ in range(3):
        with pytest.raises(TooManyTokens) as caught:
            await caller.client.get_information()
    assert caller.asked() == ["get_token"]
    assert caught.value.retry_at == pytest.approx(time.time() + 5 * MINUTE, abs=5)

    freezer.tick(31 * MINUTE)
    await caller.client.get_information()


async def test_all_eight_tokens_in_use_do_not_stop_a_refresh(
    caller: Caller, signed_in: Caller, freezer: FrozenDateTimeFactory
) -> None:
    """Which takes no place of a token."""
    freezer.tick(29 * MINUTE)
    for _ in range(7):
        await caller.new(
            SignIn(signed_in.client.sign_in.credentials), pause=Pause()
        ).get_information()
    with pytest.raises(TooManyTokens):
        await caller.new(SignIn(signed_in.client.sign_in.credentials)).get_information()
    caller.asked()

    await signed_in.client.get_information()

    assert caller.asked() == ["refresh_token", "system/information"]


@pytest.mark.parametrize("expiry", BlockExpiry)
async def test_a_blocked_address_waits(
    caller: Caller, freezer: FrozenDateTimeFactory, expiry: BlockExpiry
) -> None:
    """Until the time that the PBX says, or eleven minutes."""
    caller.pbx.switches.block_expire_time = expiry
    for _ in range(5):
        other = caller.new(SignIn(Credentials(caller.pbx.client_id, "wrong")))
        with pytest.raises(InvalidCredentials):
            await other.get_information()
    caller.asked()

    for _ in range(3):
        with pytest.raises(AddressBlocked) as caught:
            await caller.client.get_information()
    assert caller.asked() == ["get_token"]
    wait = caught.value.retry_at - time.time()
    assert 9 * MINUTE < wait <= 11 * MINUTE

    freezer.tick(11 * MINUTE)
    await caller.client.get_information()


@pytest.mark.parametrize(
    ("block_expire_time", "wait"),
    [
        (300, 300),
        ("300", 300),
        (1_800_000_300, 300),
        (1_800_000_300_000, 300),
        (0, 660),
        (-5, 660),
        (1_700_000_000, 660),
        (9_999_999_999, 660),
        ("2027/01/15 08:00:00", 660),
        (None, 660),
        ([], 660),
    ],
)
async def test_a_block_ends_when_the_pbx_says(
    session: aiohttp.ClientSession,
    freezer: FrozenDateTimeFactory,
    block_expire_time: object,
    wait: int,
) -> None:
    """In whatever unit; within reason."""
    now = 1_800_000_000
    freezer.move_to(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now)))
    answer = {"errcode": 70004, "block_expire_time": block_expire_time}
    async with one_answer(json.dumps(answer)) as base_url:
        with pytest.raises(AddressBlocked) as caught:
            await stranger(session, base_url).get_information()

    assert caught.value.retry_at == pytest.approx(now + wait, abs=5)


async def test_a_block_of_sign_ins_leaves_a_valid_token_alone(
    signed_in: Caller,
) -> None:
    """Another program's wrong secret does not stop what works."""
    signed_in.pbx.errcodes["get_token"] = 70004
    other = signed_in.new(SignIn(Credentials("other", "wrong")))
    with pytest.raises(AddressBlocked):
        await other.get_information()

    await signed_in.client.get_information()


async def test_an_address_not_allowed_waits_a_minute(
    signed_in: Caller, freezer: FrozenDateTimeFactory
) -> None:
    """Then whoever mended the list can go on."""
    signed_in.pbx.switches.allow_list = frozenset({"192.0.2.1"})
    for _ in range(3):
        with pytest.raises(AddressNotAllowed):
            await signed_in.client.get_information()
    assert signed_in.asked() == ["system/information"]

    signed_in.pbx.switches.allow_list = None
    freezer.tick(MINUTE)
    await signed_in.client.get_information()


async def test_a_caller_who_gives_up_does_not_end_the_renewal(
    signed_in: Caller, freezer: FrozenDateTimeFactory
) -> None:
    """Its tokens would be lost, and the refresh token with them."""
    freezer.tick(31 * MINUTE)
    call = asyncio.create_task(signed_in.client.get_information())
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    await signed_in.client.get_information()

    assert signed_in.asked() == ["refresh_token", "system/information"]


async def test_closing_lets_a_renewal_finish(
    signed_in: Caller, freezer: FrozenDateTimeFactory
) -> None:
    """What it obtained is kept."""
    freezer.tick(31 * MINUTE)
    call = asyncio.create_task(signed_in.client.get_information())
    await asyncio.sleep(0)
    call.cancel()

    await signed_in.client.close()

    tokens = signed_in.kept[-1].tokens
    assert tokens
    assert signed_in.pbx.live_access_tokens == [tokens.access_token]


async def test_closing_ends_a_renewal_that_hangs(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It leaves no task behind."""
    monkeypatch.setattr(tokens_module, "CLOSE_TIMEOUT", 0.1)
    caller.pbx.faults["get_token"] = Fault.SILENT
    call = asyncio.create_task(caller.client.get_information())
    await asyncio.sleep(0)

    await caller.client.close()

    with pytest.raises(Interrupted):
        await call


async def test_revoking_gives_the_place_back(
    signed_in: Caller, freezer: FrozenDateTimeFactory
) -> None:
    """Once; a token that is no more is not asked about."""
    await signed_in.client.revoke()
    assert signed_in.pbx.live_access_tokens == []

    await signed_in.client.revoke()
    freezer.tick(31 * MINUTE)
    await signed_in.client.revoke()

    assert signed_in.asked() == ["del_token", "del_token"]


async def test_nothing_secret_is_shown(
    signed_in: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    """Not by values, and not by the log."""
    caplog.set_level(logging.DEBUG)
    await signed_in.client.get_information()
    sign_in = signed_in.client.sign_in
    assert sign_in.tokens
    assert sign_in.credentials

    for secret in (
        sign_in.tokens.access_token,
        sign_in.tokens.refresh_token,
        sign_in.credentials.client_secret,
    ):
        assert secret not in repr(sign_in)
        assert secret not in caplog.text
    assert "system/information: errcode 0 after" in caplog.text


# --- servers of a few lines ----------------------------------------------------------


@asynccontextmanager
async def serve(answers: list[aiohttp.web.Response]) -> AsyncIterator[str]:
    """Serve answers, one a request, and yield the base URL."""
    left = iter(answers)

    async def answer(_: aiohttp.web.BaseRequest) -> aiohttp.web.Response:
        return next(left)

    runner = aiohttp.web.ServerRunner(
        aiohttp.web.Server(answer, access_log=None), shutdown_timeout=0.1
    )
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def one_answer(text: str) -> AbstractAsyncContextManager[str]:
    """Serve one text, whatever it is."""
    body = text.encode(errors="surrogateescape")
    return serve([aiohttp.web.Response(body=body)])


def stranger(session: aiohttp.ClientSession, base_url: str) -> YeastarClient:
    """Return a client of a server that is no simulator, with a token that is fresh."""
    return YeastarClient(
        session,
        base_url,
        fingerprint=None,
        sign_in=SignIn(None, TokenPair.of_unknown_age("token", "", time.time())),
        pause=Pause(),
    )
