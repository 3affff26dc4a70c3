"""Run the simulated PBX alone: ``python -m simulator``."""

import argparse
import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
import signal
import sys
import time

from . import (
    MailboxFullError,
    PbxSimulator,
    default_groups,
    leave_default_messages,
    options,
)
from .control import USAGE
from .groups import Box
from .many import many_extensions

_BOXES_SHOWN = 10


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
    lines += ["Extensions:", *_boxes(pbx, pbx.extensions.values())]
    if pbx.groups:
        lines += ["Groups:", *_boxes(pbx, pbx.groups.values())]
    return "\n".join(lines)


def _boxes(pbx: PbxSimulator, boxes: Iterable[Box]) -> Iterator[str]:
    """Describe the first boxes, and say how many more there are."""
    boxes = list(boxes)
    for box in boxes[:_BOXES_SHOWN]:
        yield f"  {box.number}  {box.name}"
        for greeting in box.greetings:
            yield (
                f"        {greeting.real_filename}  ({greeting.encoding},"
                f" {greeting.frequency} Hz, {greeting.duration:g} s)"
            )
        if messages := pbx.mailboxes.listed(box.number):
            unread = sum(not message.is_read for message in messages)
            yield f"        {len(messages)} messages, {unread} unread"
    if (more := len(boxes) - _BOXES_SHOWN) > 0:
        yield f"  and {more} more"


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="A simulated Yeastar P-Series PBX on this machine.",
        epilog=USAGE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
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
        help="have this many, from 1000 on, in place of the few with groups and mail",
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
        profile=options.profile_of(arguments),
    )
    pbx.controlled = True
    if arguments.extensions is not None:
        pbx.extensions = many_extensions(arguments.extensions, arguments.duration)
    try:
        options.apply(arguments, pbx)
    except ValueError as error:
        parser.error(str(error))
    if arguments.extensions is None:
        pbx.groups = default_groups()
        with suppress(MailboxFullError):
            leave_default_messages(pbx)
    try:
        asyncio.run(_run(pbx, arguments))
    except (OSError, OverflowError) as error:
        sys.exit(f"Cannot start: {error}")


if __name__ == "__main__":
    main()
