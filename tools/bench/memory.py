"""Memory of a process, in bytes, as Linux counts it."""

from pathlib import Path
import re


def resident(pid: int) -> int:
    """Return how much memory a process has now."""
    return _status(pid, "VmRSS")


def peak(pid: int) -> int:
    """Return how much it had at most since `forget_peak`."""
    return _status(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Measure the peak from here."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _status(pid: int, field: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    match = re.search(rf"^{field}:\s+(\d+) kB$", status, re.MULTILINE)
    assert match
    return int(match[1]) * 1024
