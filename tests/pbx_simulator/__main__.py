"""Run the simulated PBX alone: ``python -m tests.pbx_simulator``."""

import argparse
import asyncio
import signal
import sys

from . import PbxSimulator


async def _run(pbx: PbxSimulator) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with pbx:
        print(_description(pbx), flush=True)  # noqa: T201  what it is for
        await stop.wait()


def _description(pbx: PbxSimulator) -> str:
    lines = [
        f"Base URL:      {pbx.base_url}",
        f"Client ID:     {pbx.client_id}",
        f"Client Secret: {pbx.client_secret}",
        f"Fingerprint:   {pbx.fingerprint or 'none (http)'}",
        "Extensions:",
    ]
    for extension in pbx.extensions.values():
        lines.append(f"  {extension.number}  {extension.name}")
        lines += [
            f"        {greeting.real_filename}  ({greeting.encoding},"
            f" {greeting.frequency} Hz, {greeting.duration:g} s)"
            for greeting in extension.greetings
        ]
    return "\n".join(lines)


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.pbx_simulator",
        description="A simulated Yeastar P-Series PBX on 127.0.0.1.",
    )
    parser.add_argument("--port", type=int, default=8088, help="default: %(default)s")
    parser.add_argument("--http", action="store_true", help="without TLS")
    arguments = parser.parse_args()
    pbx = PbxSimulator(https=not arguments.http, port=arguments.port)
    try:
        asyncio.run(_run(pbx))
    except (OSError, OverflowError) as error:
        sys.exit(f"Cannot start: {error}")


if __name__ == "__main__":
    main()
