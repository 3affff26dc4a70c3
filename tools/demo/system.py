"""The parts of the demo, started one after the other and stopped together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from simulator import PbxSimulator

from .audio import find_ffmpeg
from .console import step
from .home_assistant import USERNAME, HomeAssistant, home_assistant
from .player import Player, player


@dataclass(frozen=True)
class System:
    """Everything that runs; Home Assistant knows neither player nor PBX yet."""

    pbx: PbxSimulator
    player: Player
    home: HomeAssistant


@asynccontextmanager
async def system(
    folder: Path, port: int, speech: str = "demo_speech"
) -> AsyncIterator[System]:
    """Run all parts with everything that they write in a folder.

    `speech` is the integration that turns speech into text.
    """
    async with AsyncExitStack() as parts:
        with step("start the simulated PBX (self-signed https)"):
            pbx = await parts.enter_async_context(PbxSimulator(https=True))
        with step("start the player (MPD)"):
            speaker = await parts.enter_async_context(player(folder))
        with step("start Home Assistant"):
            home = await parts.enter_async_context(
                home_assistant(folder, port, find_ffmpeg(), f"{speech}:\n")
            )
        with step(f"create the user {USERNAME} and sign in"):
            await home.sign_in()
        yield System(pbx, speaker, home)
