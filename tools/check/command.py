"""The check as a command: its arguments, its questions, and what it prints."""

import argparse
import asyncio
from collections.abc import Callable
import getpass
import json
import os
from pathlib import Path
import time

from custom_components import yeastar_vm
from custom_components.yeastar_vm.check.findings import Finding
from custom_components.yeastar_vm.check.record import record_text
from custom_components.yeastar_vm.check.run import PbxCheck
from custom_components.yeastar_vm.pbx import (
    BaseUrl,
    Connections,
    Credentials,
    Pause,
    PbxFault,
    SignIn,
    YeastarClient,
    YeastarError,
)
from tools.demo.console import PROGRAM, complain, say

type Ask = Callable[[str], str]

_TEXTS = json.loads(
    (Path(yeastar_vm.__file__).parent / "translations" / "en.json").read_text("utf-8")
)["selector"]


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="scripts/check-pbx",
        description="Ask a PBX for all that the integration uses, change nothing,"
        " say what works, and write a record of the answers without what is private."
        " The Client ID and the Client Secret are asked for, unless they are in"
        " YEASTAR_CLIENT_ID and YEASTAR_CLIENT_SECRET.",
    )
    parser.add_argument("url", help="as https://192.168.5.150:8088")
    parser.add_argument(
        "--mailbox", default="", help="number of a mailbox whose messages to ask for"
    )
    parser.add_argument(
        "--output", type=Path, default=Path("yeastar-check.json"), help="the record"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run the command and return the exit status."""
    PROGRAM.set("check-pbx")
    options = parse(arguments)
    try:
        return asyncio.run(check(options, input, getpass.getpass))
    except KeyboardInterrupt, EOFError:
        return 130
    except YeastarError as err:
        complain(f"{options.url}: {err}")
        return 1


async def check(options: argparse.Namespace, ask: Ask, ask_secretly: Ask) -> int:
    """Check a PBX; return 0 if all of it works.

    Raise a YeastarError if the URL or the certificate is not one of a PBX.
    """
    base_url = BaseUrl.from_typed(options.url)
    connections = Connections()
    try:
        fingerprint = None
        if base_url.is_https:
            nobody = _client(connections, base_url, None, SignIn(None))
            certificate, is_trusted = await nobody.probe_certificate()
            if not is_trusted:
                fingerprint = certificate.fingerprint
                say(f"SHA-256 of the certificate: {_shown(fingerprint)}")
                answer = ask("Is this the certificate of your PBX? [y/N] ")
                if answer.strip().lower() not in ("y", "yes"):
                    return 1
        environment = os.environ
        credentials = Credentials(
            environment.get("YEASTAR_CLIENT_ID") or ask("Client ID: "),
            environment.get("YEASTAR_CLIENT_SECRET") or ask_secretly("Client Secret: "),
        )
        client = _client(connections, base_url, fingerprint, SignIn(credentials))
        started = time.monotonic()
        try:
            found = await PbxCheck(client, options.mailbox, on_found=_print).run()
            seconds = time.monotonic() - started
        finally:
            await _end(client)
    finally:
        await connections.close()
    record = record_text(found)
    options.output.write_text(record, "utf-8")
    say(
        f"{len(found.exchanges)} requests and a WebSocket, {seconds:.1f} s,"
        f" {len(record.encode()) / 1000:.0f} kB"
    )
    say(f"the record is in {options.output}: read it before you share it")
    return 0 if all(finding.outcome.is_well for finding in found.findings) else 1


def _client(
    connections: Connections,
    base_url: BaseUrl,
    fingerprint: str | None,
    sign_in: SignIn,
) -> YeastarClient:
    return YeastarClient(
        connections,
        base_url,
        fingerprint=fingerprint,
        sign_in=sign_in,
        pause=Pause(),
    )


async def _end(client: YeastarClient) -> None:
    """Give the access token back to the PBX."""
    await client.close()
    try:
        await client.revoke()
    except YeastarError as err:
        complain(f"the access token could not be revoked and expires by itself: {err}")


def _print(finding: Finding) -> None:
    subject = _TEXTS["check_subject"]["options"][finding.subject]
    outcome = _TEXTS["check_outcome"]["options"][finding.outcome]
    code = f" ({finding.error})" if isinstance(finding.error, PbxFault) else ""
    say(f"{subject}: {outcome}{code}")


def _shown(fingerprint: str) -> str:
    """Return a fingerprint as browsers show it."""
    return bytes.fromhex(fingerprint).hex(":").upper()
