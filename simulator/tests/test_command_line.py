"""``python -m simulator``."""

from pathlib import Path
import re
import socket
import subprocess
import sys


def test_command_line_with_a_busy_port() -> None:
    """One line says so."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = subprocess.run(  # noqa: S603
            _command_line(taken.getsockname()[1]),
            capture_output=True,
            text=True,
            cwd=_ROOT,
            check=False,
        )

    assert run.returncode == 1
    assert run.stdout == ""
    assert re.fullmatch(r"Cannot start: .*address already in use.*\n", run.stderr)


def test_command_line() -> None:
    """It says how to reach it, and ends at SIGTERM."""
    with subprocess.Popen(  # noqa: S603
        _command_line(0), stdout=subprocess.PIPE, text=True, cwd=_ROOT
    ) as process:
        assert process.stdout
        head = [process.stdout.readline() for _ in range(4)]
        process.terminate()
        rest = process.stdout.read()

    assert process.returncode == 0
    assert re.fullmatch(r"Base URL: +https://127\.0\.0\.1:\d+\n", head[0])
    assert re.fullmatch(r"Client ID: +\w{32}\n", head[1])
    assert re.fullmatch(r"Client Secret: +\w{32}\n", head[2])
    assert re.fullmatch(r"Fingerprint: +[0-9a-f]{64}\n", head[3])
    assert "3200  Leo Ball\n        vm_welcome_001.wav" in rest
    assert "        3 messages, 2 unread\n" in rest
    assert "Groups:\n  6300  Sales\n        group_vm_night.wav" in rest


def test_command_line_with_many_extensions() -> None:
    """They have neither groups nor messages."""
    with subprocess.Popen(  # noqa: S603
        [*_command_line(0), "--extensions", "12"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
    ) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(26)]
        process.terminate()
        rest = process.stdout.read()

    assert process.returncode == 0
    assert lines[-1] == "  and 2 more\n"
    assert rest == ""


def test_help() -> None:
    """It says how to leave a message."""
    run = subprocess.run(  # noqa: S603
        [*_command_line(0), "--help"],
        capture_output=True,
        text=True,
        cwd=_ROOT,
        check=True,
    )

    assert "\n  /control/message?box=3200&number=" in run.stdout


_ROOT = Path(__file__).parents[2]


def _command_line(port: int) -> list[str]:
    return [sys.executable, "-m", "simulator", "--port", str(port)]
