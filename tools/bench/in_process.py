"""Measure in a process of its own, which has seen nothing before."""

import asyncio
import json
import sys
from typing import Any

from tools.demo.errors import DemoError


async def run_in_process(
    module: str, *arguments: str, what: str, given: object = None
) -> dict[str, Any]:
    """Run a module of the benchmarks, and return what it writes as JSON.

    It reads what is `given`; `what` is what it is about, for the error.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        output, _ = await process.communicate(json.dumps(given).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise DemoError(f"{what} could not be measured")
    result: dict[str, Any] = json.loads(output)
    return result
