"""How long it takes from the action to the player."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import voluptuous as vol

from custom_components.yeastar_vm.pbx.http.api import REQUESTS_AT_ONCE
from tools.demo.console import step

from .home import PLAYER, Player, added_pbx
from .pbx import FILE, FIRST_NUMBER, ByHand, Pbx
from .report import Table, at_most
from .rounds import ratio, take_turns, timed

AT_ONCE = 50

BARE = "bare aiohttp request"
BY_HAND = "bare request, then play_media"
LEAST = "an action that only asks and plays"
POLITE = f"such an action, {REQUESTS_AT_ONCE} requests at a time"
ACTION = "play_greeting"
SCRIPT = "script with rest_command"
SIGNING_IN = "script that signs in and out"

# Over http there is so little to do that a few checks in Python show: nobody hears it.
_LIMITS = {"http": 1.35, "https": 1.15}

_NUMBER = str(FIRST_NUMBER)

type _Way = Callable[[], Awaitable[None]]

_LEAST_SCHEMA = cv.make_entity_service_schema(
    {vol.Required("extension"): cv.string, vol.Required("file"): cv.string}
)

_COMMANDS = """\
  sign_in_{name}:
    url: "{api}/get_token"
    method: post
    content_type: application/json
    payload: '{{"username": "{pbx.client_id}", "password": "{pbx.client_secret}"}}'
    verify_ssl: false
    headers:
      User-Agent: OpenAPI
  sign_out_{name}:
    url: "{api}/del_token?access_token={{{{ token }}}}"
    verify_ssl: false
    headers:
      User-Agent: OpenAPI
  play_link_{name}:
    url: "{api}/extension_vm_greeting/play?access_token={{{{ token }}}}\
&extension={{{{ extension }}}}&file={{{{ file | urlencode }}}}"
    verify_ssl: false
    headers:
      User-Agent: OpenAPI
"""

_PLAY = """\
      - action: rest_command.play_link_{name}
        data:
          token: "{token}"
          extension: "{number}"
          file: {file}
        response_variable: link
      - action: media_player.play_media
        target:
          entity_id: {player}
        data:
          media_content_id: "{url}{{{{ link.content.play_resource_url }}}}"
          media_content_type: music
"""

_SCRIPTS = """\
  play_greeting_{name}:
    mode: parallel
    max: {at_once}
    sequence:
{play}\
  sign_in_and_play_greeting_{name}:
    sequence:
      - action: rest_command.sign_in_{name}
        response_variable: signed_in
{sign_in_and_play}\
      - action: rest_command.sign_out_{name}
        data:
          token: "{token}"
"""
_SIGNED_IN = "{{ signed_in.content.access_token }}"


def configuration(pbxs: dict[str, Pbx]) -> str:
    """Return what a user would write otherwise, by what the PBXs are named.

    There is a script that finds a fresh access token in its own text, and one that gets
    a token each time and gives it back.
    """
    commands = "".join(
        _COMMANDS.format(name=name, pbx=pbx, api=f"{pbx.base_url}/openapi/v1.0")
        for name, pbx in pbxs.items()
    )
    scripts = "".join(
        _SCRIPTS.format(
            name=name,
            at_once=AT_ONCE,
            play=_play(name, pbx, pbx.token),
            sign_in_and_play=_play(name, pbx, _SIGNED_IN),
            token=_SIGNED_IN,
        )
        for name, pbx in pbxs.items()
    )
    return f"rest_command:\n{commands}script:\n{scripts}"


def _play(name: str, pbx: Pbx, token: str) -> str:
    return _PLAY.format(
        name=name,
        token=token,
        number=_NUMBER,
        file=FILE,
        player=PLAYER,
        url=pbx.base_url,
    )


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
        f" are done. *{LEAST}* is an action of a few lines that does nothing but the"
        f" request and play_media: what Home Assistant itself takes. What *{ACTION}*"
        " takes more than that is this integration's. It sends a PBX at most"
        f" {REQUESTS_AT_ONCE} requests at a time; *{POLITE}* is what that alone takes."
        " The scripts are for comparison:"
        f" *{SCRIPT}* finds a fresh token in its own text, where it is of use for half"
        f" an hour; *{SIGNING_IN}* works for longer, though not when more than eight"
        " run at once.",
        ("", "", "Median", "p95", "Ratio"),
    )
    for name, pbx in pbxs.items():
        ways = _ways(hass, name, pbx)
        async with added_pbx(hass, pbx):
            for at_once, left_out in ((1, POLITE), (AT_ONCE, SIGNING_IN)):
                label = f"{name}, {at_once} at a time"
                with step(f"play_greeting, direct, {label}"):
                    results = await take_turns(
                        {
                            way: timed(_at_once(play, at_once))
                            for way, play in ways.items()
                            if way != left_out
                        },
                        rounds * 10 // min(at_once, 10),
                    )
                table.add_times(label, results, LEAST)
                table.goals.append(
                    at_most(
                        f"play_greeting, {label} / {LEAST}",
                        ratio(results[ACTION], results[LEAST]),
                        _LIMITS[name],
                    )
                )
    player.urls.clear()
    return table


def _ways(hass: HomeAssistant, name: str, pbx: Pbx) -> dict[str, _Way]:
    """Return all that is compared for a PBX, which is configured under a name."""
    by_hand = ByHand(async_get_clientsession(hass), pbx)

    async def bare() -> None:
        await by_hand.play_url(_NUMBER)

    async def request_and_play() -> None:
        await play_media(hass, await by_hand.play_url(_NUMBER))

    def least(requests_at_once: int) -> _Way:
        requests = asyncio.Semaphore(requests_at_once)
        service = f"play_greeting_{name}_{requests_at_once}"

        async def play(call: ServiceCall) -> None:
            async with requests:
                url = await by_hand.play_url(call.data["extension"])
            await play_media(hass, url)

        async def run() -> None:
            call = {"entity_id": PLAYER, "extension": _NUMBER, "file": FILE}
            await hass.services.async_call("bench", service, call, blocking=True)

        hass.services.async_register("bench", service, play, _LEAST_SCHEMA)
        return run

    async def action() -> None:
        await play_greeting(hass, "direct")

    async def run_script(script: str) -> None:
        await hass.services.async_call("script", script, blocking=True)

    return {
        BARE: bare,
        BY_HAND: request_and_play,
        LEAST: least(AT_ONCE),
        POLITE: least(REQUESTS_AT_ONCE),
        ACTION: action,
        SCRIPT: partial(run_script, f"play_greeting_{name}"),
        SIGNING_IN: partial(run_script, f"sign_in_and_play_greeting_{name}"),
    }


def _at_once(work: _Way, count: int) -> Callable[[], Awaitable[object]]:
    if count == 1:
        return work

    async def all_of_them() -> None:
        await asyncio.gather(*(work() for _ in range(count)))

    return all_of_them
