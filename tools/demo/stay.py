"""Leave everything running, for a person who wants to see it and try more."""

import asyncio
import sys

from simulator.control import CONTROL_PATH

from .console import complain, say
from .dashboard import DASHBOARD
from .errors import DemoError
from .home_assistant import PASSWORD, USERNAME
from .mailbox import CALLER_NUMBER, Mailbox
from .steps import leave_message
from .system import System
from .terminal import is_interactive, typed_lines
from .user import EXTENSION


async def stay(parts: System, mailbox: Mailbox) -> None:
    """Stay until somebody ends it; raise DemoError where Home Assistant ends."""
    # Messages can be left, heard and deleted over URLs, too.
    parts.pbx.controlled = True
    _explain(parts, mailbox)
    caller = asyncio.create_task(_leave_what_is_typed(parts, mailbox))
    try:
        await asyncio.wait(
            [parts.home.keeper, caller], return_when=asyncio.FIRST_COMPLETED
        )
        if caller.done():
            caller.result()
            await asyncio.wait([parts.home.keeper])
    except asyncio.CancelledError:
        return  # That is how a demo ends that did what it should.
    finally:
        caller.cancel()
    raise DemoError(f"Home Assistant ended with status {parts.home.keeper.result()}")


def _explain(parts: System, mailbox: Mailbox) -> None:
    home, pbx = parts.home, parts.pbx
    say("everything works, and stays until you press Ctrl-C:")
    say(f"  Home Assistant  {home.url} (user {USERNAME}, password {PASSWORD})")
    say(f"  the card        {home.url}/{DASHBOARD}")
    say(f"  the mailbox     {home.url}/config/devices/device/{mailbox.device_id}")
    say(f"  its messages    {home.url}/media-browser, in Yeastar")
    say(f"  the log         {home.log}")
    say(
        f"  the PBX         {pbx.base_url} (Client ID {pbx.client_id},"
        f" Client Secret {pbx.client_secret})"
    )
    say("leave more messages, from another terminal:")
    query = f"box={EXTENSION}&number={CALLER_NUMBER}"
    say(f"  curl -k -X POST '{pbx.base_url}{CONTROL_PATH}message?{query}'")
    if is_interactive(sys.stdin.fileno()):
        say("or here: type what the caller says, and press Enter")


async def _leave_what_is_typed(parts: System, mailbox: Mailbox) -> None:
    terminal = sys.stdin.fileno()
    if not is_interactive(terminal):
        return
    async for text in typed_lines(terminal):
        try:
            if text:
                await leave_message(parts, mailbox, text)
        except DemoError as error:
            complain(str(error))
