"""Install what is missing: ``scripts/install-programs``, on a machine that is faked."""

from pathlib import Path
import shutil
import subprocess

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "install-programs"
NEEDED = ("bash", "dirname", "env", "mkdir", "tail", "touch", "chmod")


class Machine:
    """A machine that has little more than a shell, and where a script lies."""

    def __init__(self, folder: Path) -> None:
        """Prepare a user who is root, and packages that cannot be had."""
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name in NEEDED:
            (self.programs / name).symlink_to(shutil.which(name) or "")
        self.add("id", "echo 0")
        self.add("apt-get", 'echo "E: Temporary failure resolving"; exit 100')
        self.script = folder / "scripts" / SCRIPT.name
        self.script.parent.mkdir()
        shutil.copy(SCRIPT, self.script)

    def add(self, name: str, commands: str) -> None:
        """Add a program."""
        program = self.programs / name
        program.write_text(f"#!/bin/sh\n{commands}\n")
        program.chmod(0o755)

    def install(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the script."""
        return subprocess.run(  # noqa: S603 - nothing in it comes from outside
            [self.script, *arguments],
            env={"PATH": str(self.programs)},
            check=False,
            capture_output=True,
            text=True,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine."""
    return Machine(tmp_path)


def test_a_program_that_is_there(machine: Machine) -> None:
    """Nothing is done or said."""
    machine.add("mpd", "")

    done = machine.install("mpd")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_program_that_is_missing(machine: Machine) -> None:
    """It is installed, which a line says."""
    installed = machine.programs / "mpd"
    machine.add("apt-get", f"touch {installed}; chmod +x {installed}")

    done = machine.install("mpd")

    assert done.returncode == 0
    assert done.stdout.startswith("setup: install mpd ... done (")


def test_without_root(machine: Machine) -> None:
    """It says what to run, with the packages of that program."""
    machine.add("id", "echo 1000")

    done = machine.install("pocketsphinx_batch")

    assert done.returncode == 1
    assert done.stderr == (
        "setup: pocketsphinx_batch was not found: run 'sudo apt-get install"
        " pocketsphinx pocketsphinx-en-us' and then this again\n"
    )


def test_without_network(machine: Machine) -> None:
    """It shows what apt-get says, too."""
    done = machine.install("pocketsphinx_batch")

    assert done.returncode == 1
    assert done.stdout == "setup: install pocketsphinx_batch ... failed\n"
    said, advice = done.stderr.splitlines()[-2:]
    assert said == "E: Temporary failure resolving"
    assert "run 'sudo apt-get install pocketsphinx pocketsphinx-en-us'" in advice


def test_optional_programs(machine: Machine) -> None:
    """Those that can be had are installed, whichever those are."""
    installed = machine.programs / "mpd"
    install_mpd = f"touch {installed}; chmod +x {installed}"
    machine.add("apt-get", f'case "$*" in *mpd) {install_mpd};; *) exit 100; esac')

    done = machine.install("--optional", "espeak-ng", "mpd")

    assert done.returncode == 0
    assert "espeak-ng could not be installed" in done.stderr
    assert installed.exists()
