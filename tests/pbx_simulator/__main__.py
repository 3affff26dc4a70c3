"""Run the simulated PBX alone: ``python -m tests.pbx_simulator``."""

import argparse
import asyncio
from itertools import islice
import signal
import sys
import time

from . import PbxSimulator, options
from .many import many_extensions

_EXTENSIONS_SHOWN = 10


async def _run(pbx: PbxSimulator, arguments: argparse.Namespace) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with pbx:
        await options.apply_running(arguments, pbx)
        print(_description(pbx), flush=True)  # noqa: T201  what it is for
        await stop.wait()


def _description(pbx: PbxSimulator) -> str:
    lines = [
        f"Base URL:      {pbx.base_url}",
        f"Client ID:     {pbx.client_id}",
        f"Client Secret: {pbx.client_secret}",
        f"Fingerprint:   {pbx.fingerprint or 'none (http)'}",
    ]
    if pbx.redirects:
        lines.append(f"Redirects:     {pbx.redirecting_url}")
    lines.append("Extensions:")
    for extension in islice(pbx.extensions.values(), _EXTENSIONS_SHOWN):
        lines.append(f"  {extension.number}  {extension.name}")
        lines += [
            f"        {greeting.real_filename}  ({greeting.encoding},"
            f" {greeting.frequency} Hz, {greeting.duration:g} s)"
            for greeting in extension.greetings
        ]
    if (more := len(pbx.extensions) - _EXTENSIONS_SHOWN) > 0:
        lines.append(f"  and {more} more")
    return "\n".join(lines)


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.pbx_simulator",
        description="A simulated Yeastar P-Series PBX on this machine.",
    )
    parser.add_argument("--port", type=int, default=8088, help="default: %(default)s")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen at; default: %(default)s"
    )
    parser.add_argument("--http", action="store_true", help="without TLS")
    parser.add_argument(
        "--extensions",
        type=int,
        metavar="N",
        help="have this many, from 1000 on, in place of the few of the tests",
    )
    parser.add_argument(
        "--duration",
        type=float,
        default=30.0,
        metavar="SECONDS",
        help="of the greetings of these extensions; default: %(default)g",
    )
    options.add_options(parser)
    arguments = parser.parse_args()
    if arguments.list:
        print(options.everything())  # noqa: T201  what it is for
        return
    pbx = PbxSimulator(
        https=not arguments.http,
        host=arguments.host,
        port=arguments.port,
        redirect_port=arguments.redirect_port,
        certificate=options.certificate_of(arguments, time.time()),
    )
    if arguments.extensions is not None:
        pbx.extensions = many_extensions(arguments.extensions, arguments.duration)
    try:
        options.apply(arguments, pbx)
    except ValueError as error:
        parser.error(str(error))
    try:
        asyncio.run(_run(pbx, arguments))
    except (OSError, OverflowError) as error:
        sys.exit(f"Cannot start: {error}")


if __name__ == "__main__":
    main()
