"""What this integration adds to the start of Home Assistant, beside two of core.

``python -m tools.bench.start DOMAIN URL`` measures one of them in a Home Assistant of
its own, which has talked to an https server, at the URL, before. It reads the data of
the entry from its standard input and writes the result to its standard output, both as
JSON.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
import gc
import json
import os
from pathlib import Path
from statistics import median
import sys
from tempfile import TemporaryDirectory
import time
from types import MappingProxyType
from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.loader import async_get_integration
from homeassistant.runner import create_event_loop

from tools.demo.console import step
from tools.demo.errors import DemoError

from .home import home_assistant
from .in_process import run_in_process
from .memory import resident
from .pbx import Pbx
from .report import Table, at_most, megabytes, milliseconds
from .rounds import take_turns

OURS = "yeastar_vm"
OTHERS = ("radio_browser", "immich")

_RADIO_BROWSER_STATISTICS = {
    "supported_version": 1,
    "software_version": "0.7.35",
    "status": "OK",
    "stations": 55000,
    "stations_broken": 500,
    "tags": 11000,
    "clicks_last_hour": 3000,
    "clicks_last_day": 80000,
    "languages": 600,
    "countries": 240,
}
_IMMICH_ANSWERS: dict[str, dict[str, object]] = {
    "server/version": {"major": 2, "minor": 7, "patch": 5},
    "server/about": {
        "licensed": False,
        "versionUrl": "https://immich.example/releases",
        "version": "v2.7.5",
    },
    "server/storage": {
        "diskAvailable": "100 GiB",
        "diskAvailableRaw": 107374182400,
        "diskSize": "200 GiB",
        "diskSizeRaw": 214748364800,
        "diskUsagePercentage": 50.0,
        "diskUse": "100 GiB",
        "diskUseRaw": 107374182400,
    },
    "server/statistics": {
        "photos": 1000,
        "videos": 100,
        "usage": 1000000,
        "usagePhotos": 900000,
        "usageVideos": 100000,
        "usageByUser": [],
    },
    "server/version-check": {
        "checkedAt": "2026-10-01T12:00:00.000Z",
        "releaseVersion": "v2.7.5",
    },
    "users/me": {
        "id": "00000000-0000-4000-8000-000000000000",
        "email": "somebody@example.com",
        "name": "Somebody",
        "avatarColor": "blue",
        "profileChangedAt": "2026-10-01T12:00:00.000Z",
        "profileImagePath": "",
        "createdAt": "2026-10-01T12:00:00.000Z",
        "updatedAt": "2026-10-01T12:00:00.000Z",
        "deletedAt": None,
        "isAdmin": True,
        "oauthId": "",
        "quotaSizeInBytes": None,
        "quotaUsageInBytes": 0,
        "shouldChangePassword": False,
        "status": "active",
        "storageLabel": None,
    },
}


@dataclass(frozen=True)
class Start:
    """What an integration took: seconds to be imported and to be set up, bytes.

    `modules` is how many were loaded.
    """

    imported: float
    set_up: float
    memory: int
    modules: int


async def measure_start(pbx: Pbx, rounds: int) -> Table:
    """Compare imports and setups, each in a new process with a new Home Assistant."""
    data: dict[str, dict[str, Any]] = {
        OURS: {
            "url": pbx.base_url,
            "certificate_fingerprint": pbx.fingerprint or None,
            "client_id": pbx.client_id,
            "client_secret": pbx.client_secret,
            "token": None,
            "sign_in_refused": False,
        },
        "radio_browser": {},
        "immich": {
            "host": "immich.example",
            "port": 2283,
            "ssl": False,
            "verify_ssl": False,
            "api_key": "key",
        },
    }
    with step("set up integrations in new processes"):
        starts = await take_turns(
            {
                domain: partial(_start_in_process, domain, pbx, entry_data)
                for domain, entry_data in data.items()
            },
            rounds,
        )
    table = Table(
        "Start of Home Assistant",
        "In a new process each time, with a Home Assistant that has started and talked"
        " to an https server: the time to import the integration with what it needs,"
        " the time to set up one entry, and the memory that both took."
        f" *{OURS}* really signs in to a simulated PBX over https. The servers of the"
        " others are not asked: the function of their library that sends a request is"
        " replaced by one that returns the answer. The memory is mostly that of the"
        " code, in so many *modules*. Until version 2.1.0, *yeastar_vm* was loaded in"
        " part before it was measured here: 2.0.0 takes about 3 MB.",
        ("", "Import", "Setup", "Both", "Memory", "Modules"),
    )
    both: dict[str, float] = {}
    memory: dict[str, float] = {}
    for domain, each in starts.items():
        both[domain] = median(start.imported + start.set_up for start in each)
        memory[domain] = median(start.memory for start in each)
        table.rows.append(
            (
                domain,
                milliseconds(median(start.imported for start in each)),
                milliseconds(median(start.set_up for start in each)),
                milliseconds(both[domain]),
                megabytes(memory[domain]),
                str(each[0].modules),
            )
        )
    imported = {
        domain: median(start.imported for start in each)
        for domain, each in starts.items()
    }
    for other in OTHERS:
        for what, values in (
            ("import time", imported),
            ("import and setup time", both),
            ("memory", memory),
        ):
            table.goals.append(
                at_most(f"{what} / {other}", values[OURS] / values[other], 1)
            )
    return table


async def _start_in_process(domain: str, pbx: Pbx, data: Mapping[str, Any]) -> Start:
    unique_id = pbx.serial_number if domain == OURS else domain
    arguments = (domain, unique_id, pbx.base_url)
    what = f"the setup of {domain}"
    return Start(
        **await run_in_process("tools.bench.start", *arguments, what=what, given=data)
    )


async def _start(
    domain: str, unique_id: str, url: str, data: Mapping[str, Any]
) -> Start:
    with TemporaryDirectory(prefix="yeastar-vm-bench-") as name:
        async with home_assistant(Path(name)) as hass:
            integration = await async_get_integration(hass, domain)
            entry: ConfigEntry[Any] = ConfigEntry(
                data=data,
                discovery_keys=MappingProxyType({}),
                domain=domain,
                minor_version=1,
                options={},
                source=SOURCE_USER,
                subentries_data=(),
                title=domain,
                unique_id=unique_id,
                version=1,
            )
            async with async_get_clientsession(hass).get(url, ssl=False):
                pass
            gc.collect()
            memory, modules = resident(os.getpid()), len(sys.modules)
            started = time.perf_counter()
            await integration.async_get_component()
            imported = time.perf_counter() - started
            with _without_server(domain):
                started = time.perf_counter()
                await hass.config_entries.async_add(entry)
                set_up = time.perf_counter() - started
            await hass.async_block_till_done()
            if entry.state is not ConfigEntryState.LOADED:
                raise DemoError(f"{domain} could not be set up: {entry.reason}")
            gc.collect()
            return Start(
                imported,
                set_up,
                resident(os.getpid()) - memory,
                len(sys.modules) - modules,
            )


@contextmanager
def _without_server(domain: str) -> Iterator[None]:
    """Let a library that is imported by now return answers instead of asking."""
    match domain:
        case "radio_browser":
            answer = json.dumps(_RADIO_BROWSER_STATISTICS)
            with patch("radios.RadioBrowser._request", AsyncMock(return_value=answer)):
                yield
        case "immich":
            answers = AsyncMock(side_effect=_IMMICH_ANSWERS.__getitem__)
            with patch("aioimmich.api.ImmichApi.async_do_request", answers):
                yield
        case _:
            yield


def main() -> None:
    """Measure one integration."""
    with asyncio.Runner(loop_factory=create_event_loop) as runner:
        _, domain, unique_id, url = sys.argv
        start = runner.run(_start(domain, unique_id, url, json.load(sys.stdin)))
    sys.stdout.write(json.dumps(asdict(start)))


if __name__ == "__main__":
    main()
