"""Other ways to serve files: aiohttp from memory, and nginx.

``python -m tools.bench.servers PORT FOLDER`` is the one with aiohttp.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import getpass
from pathlib import Path
import shutil
import sys

from aiohttp import web

from tools.demo.errors import DemoError
from tools.demo.processes import HOST, free_port, running

AIOHTTP = "aiohttp, from memory"

_SECONDS_TO_START = 20
_SECONDS_BETWEEN_LOOKS = 0.05

# One process, as the others are.
_NGINX = """\
daemon off;
master_process off;
user {user};
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    types {{ audio/mpeg mp3; }}
    client_body_temp_path {folder};
    proxy_temp_path {folder};
    fastcgi_temp_path {folder};
    uwsgi_temp_path {folder};
    scgi_temp_path {folder};
    server {{
        listen {host}:{port};
        root "{files}";
    }}
}}
"""


@dataclass(frozen=True)
class Server:
    """A server that runs, and the process that it is."""

    url: str
    pid: int


@asynccontextmanager
async def aiohttp_server(folder: Path, files: Path) -> AsyncIterator[Server]:
    """Serve the files of a folder from memory."""
    port = free_port()
    command = (sys.executable, "-m", "tools.bench.servers", str(port), str(files))
    async with _serving(port, command, folder / "aiohttp.log") as server:
        yield server


@asynccontextmanager
async def nginx(folder: Path, files: Path) -> AsyncIterator[Server]:
    """Serve the files of a folder with nginx."""
    binary = shutil.which("nginx")
    if binary is None:
        raise DemoError(
            "nginx was not found: install it (Debian: apt-get install nginx)"
        )
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(
        _NGINX.format(
            folder=folder, files=files, host=HOST, port=port, user=getpass.getuser()
        )
    )
    log = folder / "nginx.log"
    command = (binary, "-p", str(folder), "-c", str(configuration), "-e", str(log))
    async with _serving(port, command, log) as server:
        yield server


@asynccontextmanager
async def _serving(
    port: int, command: tuple[str, ...], log: Path
) -> AsyncIterator[Server]:
    async with running(*command, output=log) as process:
        try:
            async with asyncio.timeout(_SECONDS_TO_START):
                while not await _answers(port):
                    if process.returncode is not None:
                        raise DemoError(f"{command[0]} ended: {log.read_text()}")
                    await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        except TimeoutError:
            raise DemoError(f"{command[0]} does not start: {log.read_text()}") from None
        yield Server(f"http://{HOST}:{port}", process.pid)


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


def _serve(port: int, folder: Path) -> None:
    files = {file.name: file.read_bytes() for file in folder.iterdir()}

    async def answer(request: web.Request) -> web.Response:
        content = files[request.match_info["name"]]
        return web.Response(body=content, content_type="audio/mpeg")

    app = web.Application()
    app.router.add_get("/{name}", answer)
    web.run_app(app, host=HOST, port=port, access_log=None, print=None)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), Path(sys.argv[2]))
