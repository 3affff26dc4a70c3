"""What the PBX is asked, and what it answers."""

import asyncio
from collections.abc import Awaitable, Callable
import gzip
import logging
import re
import time
import tracemalloc

import aiohttp
import aiohttp.web
import pytest

from custom_components.yeastar_vm.pbx import (
    Connections,
    Extension,
    Greeting,
    InvalidResponse,
    NotFound,
    NotSupported,
    PbxFault,
    PbxInfo,
    YeastarClient,
    YeastarError,
)
from custom_components.yeastar_vm.pbx.http.bodies import RawAnswer
from custom_components.yeastar_vm.pbx.http.transport import Form
from simulator import (
    DateFormat,
    EmptyList,
    Fault,
    SimulatedExtension,
    SimulatedGreeting,
    Spoiler,
    UrlForm,
    default_groups,
)
from simulator.lines import Delay
from tests.clock import Clock

from .caller import Caller, serve, stranger


async def test_information(caller: Caller) -> None:
    """The PBX says who it is."""
    pbx = caller.pbx
    pbx.switches.date_format = DateFormat.YEAR_FIRST

    assert await caller.client.system.information() == PbxInfo(
        pbx.serial_number, "PBX", pbx.model, pbx.firmware
    )


ODD_NAME = (
    "\u202a\u202b\u202d\u202eLeo\u202c\u2028\u2029\x1b[31m"
    "\u2066\u2067\u2068 Ball\u2069\x00 \N{ZERO WIDTH JOINER}" + "x" * 5000
)


async def test_a_name_is_one_line_that_can_be_shown(caller: Caller) -> None:
    """Whoever typed it: its end leaves the direction of what follows, too."""
    pbx = caller.pbx
    pbx.name = pbx.model = pbx.firmware = ODD_NAME
    pbx.extensions["3200"].name = pbx.extensions["3200"].custom_presence = ODD_NAME
    pbx.groups = default_groups()
    pbx.groups["6300"].name = ODD_NAME
    pbx.leave_message("3200", ODD_NAME, ODD_NAME)

    info = await caller.client.system.information()
    extension = await caller.client.extensions.get("3200")
    group = await caller.client.groups.get("6300")
    [message] = (await caller.client.messages.query(["3200"]))["3200"]

    assert extension
    assert group
    for name in (
        info.name,
        info.model,
        info.firmware,
        extension.name,
        extension.presence,
        group.name,
        message.caller_name,
        message.caller_number,
    ):
        assert name.startswith("Leo  [31m Ball \N{ZERO WIDTH JOINER}xxx")
        assert len(name) == 128


async def test_every_request_has_the_vendors_user_agent(caller: Caller) -> None:
    """Also the download of the audio."""
    link = await caller.client.greetings.play_link("3200", "vm_welcome.wav")
    await caller.client.audio.download(link)

    assert {request.headers["User-Agent"] for request in caller.pbx.requests} == {
        "OpenAPI"
    }
    assert caller.asked() == ["get_token", "extension_vm_greeting/play", "download"]


async def test_search_finds_an_exact_number(caller: Caller) -> None:
    """The PBX's search is a keyword match; `get_extension` is not."""
    caller.pbx.extensions["13200"] = SimulatedExtension("13200", "Not Leo")

    found = await caller.client.extensions.search("320")

    assert [extension.number for extension in found] == [
        "3200",
        "3201",
        "3202",
        "13200",
    ]
    assert await caller.client.extensions.get("3200") == Extension(
        "3200", "Leo Ball", "available", "", id=1
    )
    assert await caller.client.extensions.get("320") is None


@pytest.mark.parametrize("errcode", [60001, 40002])
async def test_a_search_that_finds_nothing_may_be_an_error(
    caller: Caller, errcode: int
) -> None:
    """The vendor's documents do not say that it is not."""
    caller.pbx.errcodes["extension/search"] = errcode

    assert await caller.client.extensions.search("nobody") == []
    assert await caller.client.extensions.get("9999") is None


async def test_a_search_for_nothing_finds_all(caller: Caller) -> None:
    """Without a parameter that has no value."""
    assert await caller.client.extensions.search("") == (
        await caller.client.extensions.all()
    )
    assert "extension/search" not in caller.asked()


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        ([{"field": "page_size", "value": "500"}], PbxFault),
        ([{"field": "extension", "value": "3200"}], None),
        ([{"field": "page_size"}, {"field": "extension"}], None),
        ([{"field": ["extension"]}, "file", 7], PbxFault),
        ("extension", None),
        ([], None),
        (None, None),
    ],
)
async def test_a_parameter_that_is_refused_is_not_always_a_name(
    connections: Connections, refused: object, error: type[YeastarError] | None
) -> None:
    """An extension that the PBX does not have has no greetings."""
    answer = {"errcode": 40002, "invalid_param_list": refused}
    answers = [aiohttp.web.json_response(answer) for _ in range(2)]
    async with serve(answers) as base_url:
        client = stranger(connections, base_url)
        if error is None:
            assert await client.greetings.of("3200") == []
        else:
            with pytest.raises(error):
                await client.greetings.of("3200")


@pytest.mark.parametrize(
    ("field", "ask"),
    [
        ("msg_id", lambda client: client.messages.link("1")),
        ("id", lambda client: client.messages.mark_read("1")),
        ("id", lambda client: client.messages.delete("1")),
        ("file", lambda client: client.greetings.play_link("3200", "a.wav")),
    ],
)
async def test_what_is_asked_for_by_its_name_is_not_there(
    connections: Connections,
    field: str,
    ask: Callable[[YeastarClient], Awaitable[object]],
) -> None:
    """The PBX refuses the parameter that names it, for extensions and for groups."""
    answer = {"errcode": 40002, "invalid_param_list": [{"field": field}]}
    answers = [aiohttp.web.json_response(answer) for _ in range(2)]
    async with serve(answers) as base_url:
        with pytest.raises(NotFound):
            await ask(stranger(connections, base_url))


async def test_a_list_of_all_has_no_name_to_be_refused(caller: Caller) -> None:
    """An error is no empty PBX."""
    caller.pbx.errcodes["extension/list"] = 40002

    with pytest.raises(PbxFault):
        await caller.client.extensions.all()


async def test_greetings_have_their_full_file_name(caller: Caller) -> None:
    """Also where the list shows another one, or one without its suffix."""
    greetings = await caller.client.greetings.of("3200")

    assert [(each.number, each.file, each.type) for each in greetings] == [
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

    assert await caller.client.greetings.of("3201") == []


@pytest.mark.parametrize(("page_size", "pages"), [(None, 3), (400, 3), (100, 11)])
async def test_lists_are_read_to_their_end(
    caller: Caller, page_size: int | None, pages: int
) -> None:
    """Whatever page size the PBX allows."""
    caller.pbx.switches.max_page_size = page_size
    caller.pbx.extensions["5000"] = SimulatedExtension(
        "5000", "Many", [SimulatedGreeting(f"{i:04}.wav") for i in range(1050)]
    )

    greetings = await caller.client.greetings.of("5000")

    assert [greeting.file for greeting in greetings] == [
        f"{i:04}.wav" for i in range(1050)
    ]
    assert caller.asked().count("extension_vm_greeting/list") == pages


async def test_a_connection_is_for_one_request(caller: Caller) -> None:
    """Also where the PBX closes it without saying so."""
    caller.pbx.switches.announce_close = False
    caller.pbx.switches.max_page_size = 1
    await caller.client.system.information()
    caller.pbx.reboot()
    caller.pbx.switches.refuse_refresh = True

    link = await caller.client.greetings.play_link("3200", "vm_welcome.wav")
    audio = await caller.client.audio.download(link)
    greetings = await caller.client.greetings.of("3200")

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
    caller.pbx.switches.max_page_size = None

    extensions = await caller.client.extensions.all()

    assert [extension.number for extension in extensions] == numbers
    assert caller.asked() == ["get_token", *["extension/list"] * 20]


async def test_a_page_that_fails_fails_the_list(
    connections: Connections,
) -> None:
    """As the error that it is, and leaves nothing running."""
    page = {"errcode": 0, "total_number": 9, "data": [{"number": "1"}]}
    answers = [
        aiohttp.web.json_response(page),
        *(aiohttp.web.json_response({"errcode": -2}) for _ in range(8)),
    ]
    async with serve(answers) as base_url:
        with pytest.raises(PbxFault):
            await stranger(connections, base_url).extensions.all()


async def test_an_answer_that_is_packed_small_is_still_too_large(
    connections: Connections,
) -> None:
    """What is counted are the bytes that come out."""
    bomb = await asyncio.to_thread(gzip.compress, bytes(20_000_000))
    packed = {"Content-Encoding": "gzip"}
    answers = [aiohttp.web.Response(body=bomb, headers=packed)]
    async with serve(answers) as base_url:
        tracemalloc.start()
        try:
            with pytest.raises(InvalidResponse, match="too large"):
                await stranger(connections, base_url).system.information()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert len(bomb) < 100_000
    assert peak < 10_000_000


async def test_a_pbx_that_ignores_the_page(connections: Connections) -> None:
    """Gives its rows once."""
    page = {"errcode": 0, "total_number": 3, "data": [{"number": "1"}, "?", {}]}
    answers = [aiohttp.web.json_response(page) for _ in range(3)]
    async with serve(answers) as base_url:
        extensions = await stranger(connections, base_url).extensions.all()

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

    link = await caller.client.greetings.play_link("3202", file)

    assert await caller.client.audio.download(link) == original.audio()


@pytest.mark.parametrize("form", UrlForm)
async def test_a_play_link_leads_to_the_pbx(caller: Caller, form: UrlForm) -> None:
    """However the PBX writes it, and for half an hour."""
    caller.pbx.switches.url_form = form
    before = time.time()

    link = await caller.client.greetings.play_link("3200", "vm_welcome.wav")

    assert link.url.startswith(f"{caller.pbx.base_url}/api/download/")
    assert before + 1800 <= link.expires_at <= time.time() + 1800
    assert link.url not in repr(link)


async def test_a_play_link_elsewhere_is_refused(caller: Caller) -> None:
    """The PBX's answer is input."""
    caller.pbx.switches.play_resource_url = "https://evil.example/a.wav"

    with pytest.raises(InvalidResponse):
        await caller.client.greetings.play_link("3200", "vm_welcome.wav")


@pytest.mark.parametrize(
    ("extension", "file"), [("9999", "vm_welcome.wav"), ("3200", "vm_WELCOME.wav")]
)
async def test_what_the_pbx_does_not_have(
    caller: Caller, extension: str, file: str
) -> None:
    """Is told apart from a PBX that cannot be asked."""
    with pytest.raises(NotFound):
        await caller.client.greetings.play_link(extension, file)


async def test_a_list_of_greetings_without_ids(signed_in: Caller) -> None:
    """One of them cannot be renamed; nothing is sent."""
    greeting = Greeting("3200", "holiday.wav", "record")

    with pytest.raises(NotSupported):
        await signed_in.client.greetings.rename(greeting, "summer")
    assert signed_in.asked() == []


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Delay(2), r"errcode 0 after 2\.0\d\d s"),
        (Fault.RESET, r"connection_lost after 0\.0\d\d s"),
        (Fault.UNAUTHORIZED_401, r"access token refused after 0\.0\d\d s"),
        (Fault.SILENT, r"no answer after 5\.0\d\d s"),
    ],
)
async def test_what_developers_see_of_a_request(
    signed_in: Caller,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    fault: Spoiler,
    outcome: str,
) -> None:
    """What came of it, and when; nothing of it is secret."""
    signed_in.pbx.faults["extension/list"] = fault

    with caplog.at_level(logging.DEBUG), clock.running():
        try:
            async with asyncio.timeout(5):
                await signed_in.client.extensions.all()
        except TimeoutError, YeastarError:
            pass

    [line] = [each for each in caplog.messages if each.startswith("extension/list")]
    assert re.fullmatch(f"extension/list: {outcome}", line)


def test_a_form_does_not_show_its_audio() -> None:
    """A log with a greeting in it helps nobody."""
    assert "RIFF" not in repr(Form(b"RIFF", "holiday.wav", "audio/wav", {}))


def test_an_answer_does_not_show_its_content() -> None:
    """It may be private, or have the token."""
    answer = RawAnswer(200, {"Set-Cookie": "session"}, b"token", 1.5)

    assert repr(answer) == "RawAnswer(status=200, seconds=1.5)"
