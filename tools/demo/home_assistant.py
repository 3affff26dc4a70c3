"""A Home Assistant of its own, spoken to as its frontend does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
import json
import os
from pathlib import Path
import sys
from typing import Any

import aiohttp
from aiohttp import hdrs

from .errors import DemoError
from .processes import HOST, running

USERNAME = "demo"
PASSWORD = "demo"
# A group of users who may use the media players, and nothing else. No form adds one.
PLAYERS_ONLY = "players_only"

_GROUPS = [
    {
        "id": PLAYERS_ONLY,
        "name": "Guests",
        "policy": {"entities": {"domains": {"media_player": True}}},
    }
]

_REPOSITORY = Path(__file__).parents[2]
_STAND_INS = Path(__file__).parent / "stand_ins"
_INTEGRATIONS = (
    _REPOSITORY / "custom_components" / "yeastar_vm",
    Path(__file__).parent / "demo_speech",
    Path(__file__).parent / "written_speech",
)

_RESTART = 100  # The exit status that asks for a new start.
_SECONDS_TO_START = 90
_SECONDS_TO_ANSWER = 60
_SECONDS_BETWEEN_LOOKS = 0.1
_SECONDS_TO_HAPPEN = 30
_FLOWS = "/api/config/config_entries/flow"
_SUBENTRY_FLOWS = "/api/config/config_entries/subentries/flow"

_CONFIGURATION = """\
homeassistant:
  name: Demo
  country: US
  language: en
  internal_url: {url}
frontend:
config:
media_source:
ffmpeg:
  ffmpeg_bin: {ffmpeg}
logger:
  default: warning
  logs:
    custom_components.yeastar_vm: debug
    # It misses libturbojpeg, which only cameras use.
    homeassistant.components.camera.img_util: critical
"""

type Answer = dict[str, Any]


@dataclass(frozen=True)
class HomeAssistant:
    """A running Home Assistant.

    ``keeper`` is the task that runs it; where it is done, Home Assistant has ended.
    ``log`` is the file with its output.
    """

    url: str
    session: aiohttp.ClientSession
    keeper: asyncio.Task[int]
    log: Path

    async def get(self, path: str) -> Any:
        """Return what a path answers."""
        return await self._request(hdrs.METH_GET, path)

    async def post(self, path: str, data: Mapping[str, Any]) -> Any:
        """Send JSON to a path and return the answer."""
        return await self._request(hdrs.METH_POST, path, json=data)

    async def sign_in(self) -> None:
        """Create the user, finish the onboarding and use the user's token."""
        client_id = f"{self.url}/"
        created = await self.post(
            "/api/onboarding/users",
            {
                "name": "Demo",
                "username": USERNAME,
                "password": PASSWORD,
                "client_id": client_id,
                "language": "en",
            },
        )
        tokens = await self.get_tokens(client_id, created["auth_code"])
        authorization = f"{tokens['token_type']} {tokens['access_token']}"
        self.session.headers[hdrs.AUTHORIZATION] = authorization
        await self.post("/api/onboarding/analytics", {})
        await self.post(
            "/api/onboarding/integration",
            {"client_id": client_id, "redirect_uri": client_id},
        )
        await _wait_until(self.keeper, self._is_running)

    async def get_tokens(self, client_id: str, code: str) -> Answer:
        """Return the tokens of a user who has just signed in."""
        tokens: Answer = await self._request(
            hdrs.METH_POST,
            "/auth/token",
            data={
                "grant_type": "authorization_code",
                "code": code,
                "client_id": client_id,
            },
        )
        return tokens

    async def start_flow(self, domain: str) -> Answer:
        """Start the config flow of an integration and return what it shows first."""
        shown: Answer = await self.post(_FLOWS, {"handler": domain})
        return shown

    async def start_subentry_flow(
        self, entry_id: str, subentry_type: str, subentry_id: str | None = None
    ) -> Answer:
        """Start the flow that adds a subentry to an entry, or that changes one.

        Return what it shows.
        """
        handler = [entry_id, subentry_type]
        start = {"handler": handler, "subentry_id": subentry_id}
        shown: Answer = await self.post(_SUBENTRY_FLOWS, start)
        return shown

    async def submit(
        self, shown: Answer, step: str, user_input: Mapping[str, Any]
    ) -> Answer:
        """Submit a step of a flow, if that is what is shown; return the next."""
        if shown.get("step_id") != step:
            raise DemoError(f"the config flow is not at {step}: {_told(shown)}")
        flows = _FLOWS if isinstance(shown["handler"], str) else _SUBENTRY_FLOWS
        next_shown: Answer = await self.post(f"{flows}/{shown['flow_id']}", user_input)
        return next_shown

    async def call(self, domain: str, action: str, data: Mapping[str, Any]) -> Answer:
        """Call an action and return its response."""
        answer = await self.post(
            f"/api/services/{domain}/{action}?return_response", data
        )
        response: Answer = answer["service_response"]
        return response

    async def choose_language(self, language: str) -> None:
        """Set the language of the system."""
        await self.command("config/core/update", language=language)

    async def command(self, command: str, **fields: Any) -> Any:
        """Send a WebSocket command and return its result."""
        async with self.socket() as socket:
            return await _command(socket, command, fields)

    @asynccontextmanager
    async def following(
        self, entity_id: str
    ) -> AsyncIterator[Callable[[], Coroutine[Any, Any, Answer]]]:
        """Follow an entity as an automation does; yield what waits for its next state.

        It raises DemoError where nothing happens.
        """
        trigger = {"platform": "state", "entity_id": entity_id}
        async with self.socket() as socket:
            await _command(socket, "subscribe_trigger", {"trigger": trigger})

            async def next_state() -> Answer:
                try:
                    event = await socket.receive_json(timeout=_SECONDS_TO_HAPPEN)
                except TimeoutError:
                    raise DemoError(f"nothing happened to {entity_id}") from None
                state: Answer = event["event"]["variables"]["trigger"]["to_state"]
                return state

            yield next_state

    @asynccontextmanager
    async def socket(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Open a WebSocket and sign in."""
        _, _, token = self.session.headers[hdrs.AUTHORIZATION].partition(" ")
        async with self.session.ws_connect("/api/websocket") as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": token})
            await socket.receive_json()
            yield socket

    async def _request(self, method: str, path: str, **content: Any) -> Any:
        try:
            async with self.session.request(method, path, **content) as response:
                text = await response.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise DemoError(
                f"Home Assistant does not answer {path}: {error!r}"
            ) from error
        if not response.ok:
            raise DemoError(
                f"Home Assistant answers {path} with {response.status}: {text}"
            )
        return json.loads(text)

    async def _is_running(self) -> bool:
        return bool((await self.get("/api/config"))["state"] == "RUNNING")


@asynccontextmanager
async def home_assistant(
    folder: Path, port: int, ffmpeg: str, more_configuration: str = ""
) -> AsyncIterator[HomeAssistant]:
    """Run Home Assistant with this repository's integration; yield when it answers.

    Everything that it writes lies in the folder, its output in home-assistant.log.
    """
    url = f"http://{HOST}:{port}"
    config = folder / "config"
    _write_configuration(
        config, port, _CONFIGURATION.format(url=url, ffmpeg=ffmpeg) + more_configuration
    )
    keeper = asyncio.create_task(_keep_running(config, log_of(folder)))
    try:
        async with aiohttp.ClientSession(
            url, timeout=aiohttp.ClientTimeout(_SECONDS_TO_ANSWER)
        ) as session:
            await _wait_until(keeper, partial(_answers, session))
            yield HomeAssistant(url, session, keeper, log_of(folder))
    finally:
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper


async def _command(
    socket: aiohttp.ClientWebSocketResponse, command: str, fields: Mapping[str, Any]
) -> Any:
    await socket.send_json({"type": command, "id": 1, **fields})
    answer = await socket.receive_json()
    if not answer["success"]:
        raise DemoError(f"Home Assistant refuses {command}: {answer['error']}")
    return answer["result"]


def log_of(folder: Path) -> Path:
    """Return the file with the output of the Home Assistant of a folder."""
    return folder / "home-assistant.log"


def _write_configuration(config: Path, port: int, configuration: str) -> None:
    storage = config / ".storage"
    storage.mkdir(parents=True)
    (config / "custom_components").mkdir()
    for integration in _INTEGRATIONS:
        (config / "custom_components" / integration.name).symlink_to(integration)
    (config / "configuration.yaml").write_text(configuration)
    # A port from the YAML file is on trial: unless somebody confirms it in the
    # frontend, Home Assistant goes back to 8123 after five minutes.
    _store(storage, "http", 1, {"server_host": [HOST], "server_port": port})
    # This step of the onboarding adds weather and radio, which need the internet.
    _store(storage, "onboarding", 4, {"done": ["core_config"]})
    # What it has stored of users before the first one is created.
    users: Answer = {"users": [], "credentials": [], "refresh_tokens": []}
    _store(storage, "auth", 1, {"groups": _GROUPS, **users})


def _store(storage: Path, key: str, version: int, data: Answer) -> None:
    content = {"version": version, "minor_version": 1, "key": key, "data": data}
    (storage / key).write_text(json.dumps(content))


async def _keep_running(config: Path, log: Path) -> int:
    """Run Home Assistant, again when it asks for that; return its exit status."""
    status: int = _RESTART
    while status == _RESTART:
        async with running(
            # Not with the integrations of the folder that this runs in.
            *(sys.executable, "-P", "-m", "homeassistant"),
            # Everything is installed by now; what is missing is not to be downloaded.
            *("--skip-pip", "--log-no-color", "--config", str(config)),
            output=log,
            environment={**os.environ, "PYTHONPATH": str(_STAND_INS)},
        ) as process:
            status = await process.wait()
    return status


async def _answers(session: aiohttp.ClientSession) -> bool:
    try:
        async with session.get("/api/onboarding") as response:
            return response.ok
    except aiohttp.ClientError:
        return False


async def _wait_until(
    keeper: asyncio.Task[int], ready: Callable[[], Coroutine[Any, Any, bool]]
) -> None:
    try:
        async with asyncio.timeout(_SECONDS_TO_START):
            while not await ready():
                if keeper.done():
                    raise DemoError(
                        f"Home Assistant ended with status {keeper.result()}"
                    )
                await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    except TimeoutError:
        raise DemoError(
            f"Home Assistant did not start within {_SECONDS_TO_START} s"
        ) from None


def _told(shown: Answer) -> str:
    """Return what a config flow tells its user."""
    told = ("type", "step_id", "reason", "errors", "title", "description_placeholders")
    return ", ".join(f"{key} {shown[key]}" for key in told if shown.get(key))
