"""How long it takes from the action to the player."""

import asyncio
from collections.abc import Awaitable, Callable
from statistics import median
import time

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from custom_components.yeastar_vm.audio import MP3_ARGUMENTS
from tests.demo.console import step

from .home import PLAYER, Player, added_pbx
from .pbx import FILE, FIRST_NUMBER, ByHand, Pbx
from .readers import read_all
from .report import Table, at_most, milliseconds
from .rounds import p95, ratio, take_turns, timed

AT_ONCE = 50
PAUSE = 0.3  # seconds until a player asks

BARE = "bare aiohttp request"
BY_HAND = "bare request, then play_media"
ACTION = "play_greeting"
SCRIPT = "script with rest_command"

_NUMBER = str(FIRST_NUMBER)


def script(name: str, pbx: Pbx) -> tuple[str, str]:
    """Return a rest_command and a script: what a user would write otherwise.

    The access token stands in it, since how to renew it is another matter.
    """
    url = (
        f"{pbx.base_url}/openapi/v1.0/extension_vm_greeting/play"
        f"?access_token={pbx.token}"
        "&extension={{ extension }}&file={{ file | urlencode }}"
    )
    command = f"""\
  play_link_{name}:
    url: "{url}"
    verify_ssl: false
    headers:
      User-Agent: OpenAPI
"""
    sequence = f"""\
  play_greeting_{name}:
    mode: parallel
    max: {AT_ONCE}
    sequence:
      - action: rest_command.play_link_{name}
        data:
          extension: "{_NUMBER}"
          file: {FILE}
        response_variable: link
      - action: media_player.play_media
        target:
          entity_id: {PLAYER}
        data:
          media_content_id: "{pbx.base_url}{{{{ link.content.play_resource_url }}}}"
          media_content_type: music
"""
    return command, sequence


def configuration(pbxs: dict[str, Pbx]) -> str:
    """Return the configuration that has the scripts, by what they are named."""
    commands, scripts = zip(
        *(script(name, pbx) for name, pbx in pbxs.items()), strict=True
    )
    return f"rest_command:\n{''.join(commands)}script:\n{''.join(scripts)}"


async def play_media(hass: HomeAssistant, url: str) -> None:
    """Play a URL on the player."""
    await hass.services.async_call(
        "media_player",
        "play_media",
        {
            "entity_id": PLAYER,
            "media_content_id": url,
            "media_content_type": "music",
        },
        blocking=True,
    )


async def play_greeting(
    hass: HomeAssistant, delivery: str, number: str = _NUMBER
) -> None:
    """Play a greeting on the player with this integration's action."""
    await hass.services.async_call(
        "yeastar_vm",
        "play_greeting",
        {
            "entity_id": PLAYER,
            "extension": number,
            "file": FILE,
            "delivery": delivery,
        },
        blocking=True,
    )


async def measure_direct(
    hass: HomeAssistant, player: Player, pbxs: dict[str, Pbx], rounds: int
) -> Table:
    """Compare the action with the bare request and with what a user would write."""
    table = Table(
        "play_greeting, direct",
        "From the call of the action until it returns, with a fresh token, the PBX's"
        f" own link handed to the player. *{AT_ONCE} at a time* is until all of them"
        f" are done. *{BY_HAND}* is what Home Assistant itself takes in addition to"
        f" the request; what *{ACTION}* takes more than that is this integration's."
        f" *{SCRIPT}* finds a token that is fresh in its own text.",
        ("", "", "Median", "p95", "Ratio"),
    )
    session = async_get_clientsession(hass)
    for name, pbx in pbxs.items():
        by_hand = ByHand(session, pbx)

        async def bare(by_hand: ByHand = by_hand) -> None:
            await by_hand.play_url(_NUMBER)

        async def request_and_play(by_hand: ByHand = by_hand) -> None:
            await play_media(hass, await by_hand.play_url(_NUMBER))

        async def action() -> None:
            await play_greeting(hass, "direct")

        async def run_script(name: str = name) -> None:
            await hass.services.async_call(
                "script", f"play_greeting_{name}", blocking=True
            )

        ways = {
            BARE: bare,
            BY_HAND: request_and_play,
            ACTION: action,
            SCRIPT: run_script,
        }
        async with added_pbx(hass, pbx):
            for at_once in (1, AT_ONCE):
                label = f"{name}, {at_once} at a time"
                with step(f"play_greeting, direct, {label}"):
                    results = await take_turns(
                        {
                            way: timed(_at_once(play, at_once))
                            for way, play in ways.items()
                        },
                        rounds * 10 // min(at_once, 10),
                    )
                table.add_times(label, results, BARE)
                action_times = results[ACTION]
                what = f"play_greeting, {label}"
                for other, limit in ((BARE, 1.25), (SCRIPT, 0.5)):
                    times = ratio(action_times, results[other])
                    table.goals.append(at_most(f"{what} / {other}", times, limit))
    player.urls.clear()
    return table


def _at_once(
    work: Callable[[], Awaitable[None]], count: int
) -> Callable[[], Awaitable[object]]:
    if count == 1:
        return work

    async def all_of_them() -> None:
        await asyncio.gather(*(work() for _ in range(count)))

    return all_of_them


async def measure_relayed(
    hass: HomeAssistant, player: Player, pbx: Pbx, rounds: int
) -> Table:
    """Compare the relay with request, download and conversion by hand."""
    table = Table(
        "play_greeting, relayed",
        "A greeting of 30 s, from a PBX with a self-signed certificate, until the"
        " player is called. By hand: the bare request, the bare download and ffmpeg"
        " with the same arguments. Then the player asks, 300 ms after it was called:"
        " from its connecting to the first byte of audio.",
        ("", "", "Median", "p95", "Ratio"),
    )
    by_hand = ByHand(async_get_clientsession(hass), pbx)
    ffmpeg = get_ffmpeg_manager(hass).binary
    first_bytes: list[float] = []

    async def do_by_hand() -> float:
        started = time.perf_counter()
        await _convert(ffmpeg, await by_hand.download(await by_hand.play_url(_NUMBER)))
        return time.perf_counter() - started

    async def action() -> float:
        started = time.perf_counter()
        await play_greeting(hass, "relay")
        taken = player.called_at - started
        await asyncio.sleep(PAUSE)
        first_bytes.extend((await read_all([player.urls[-1]])).first_bytes)
        return taken

    async with added_pbx(hass, pbx):
        with step("play_greeting, relayed"):
            results = await take_turns({"by hand": do_by_hand, ACTION: action}, rounds)
    table.add_times("until the player is called", results, "by hand")
    table.rows.append(
        (
            "until the first byte",
            ACTION,
            milliseconds(median(first_bytes)),
            milliseconds(p95(first_bytes)),
            "",
        )
    )
    times = ratio(results[ACTION], results["by hand"])
    table.goals.append(at_most("play_greeting, relayed / by hand", times, 1.1))
    what = "relay, from the player's GET to the first byte, p95"
    table.goals.append(at_most(what, p95(first_bytes) * 1000, 5, " ms"))
    player.urls.clear()
    return table


async def _convert(ffmpeg: str, source: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *(ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error"),
        *("-protocol_whitelist", "pipe", "-f", "wav", "-i", "pipe:0"),
        *(*MP3_ARGUMENTS, "pipe:1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    content, _ = await process.communicate(source)
    return content
