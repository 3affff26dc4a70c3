"""The check as a command."""

from collections.abc import Iterator
import json
from pathlib import Path
import re

import pytest

from custom_components.yeastar_vm.check import run
from custom_components.yeastar_vm.pbx import CannotConnect
from simulator import Outage, PbxSimulator
from tests.common import endpoints
from tools.check.command import check, parse
from tools.demo.console import PROGRAM


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the command ask, and listen no longer than for the answers."""
    monkeypatch.delenv("YEASTAR_CLIENT_ID", raising=False)
    monkeypatch.delenv("YEASTAR_CLIENT_SECRET", raising=False)
    monkeypatch.setattr(run, "LISTEN", 0)
    token = PROGRAM.set("check-pbx")
    yield
    PROGRAM.reset(token)


class User:
    """Whoever runs the command: it answers each question."""

    def __init__(self, pbx: PbxSimulator, *, trusts: bool = True) -> None:
        """Know the credentials of a PBX."""
        self.asked: list[str] = []
        self._pbx = pbx
        self._trusts = trusts

    def ask(self, question: str) -> str:
        """Answer a question."""
        self.asked.append(question)
        if "certificate" in question:
            return "y" if self._trusts else ""
        return self._pbx.client_id

    def ask_secretly(self, question: str) -> str:
        """Answer one whose answer is not shown."""
        self.asked.append(question)
        return self._pbx.client_secret


async def test_a_check(
    pbx: PbxSimulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what works, writes the record, and gives its token back."""
    pbx.errcodes["vm_group/list"] = 10005
    file, user = tmp_path / "record.json", User(pbx)

    status = await check(
        parse([pbx.base_url, "--mailbox", "3200", "--output", str(file)]),
        user.ask,
        user.ask_secretly,
    )

    said = capsys.readouterr().out
    assert status == 1
    assert [question[:8] for question in user.asked] == [
        "Is this ",
        "Client I",
        "Client S",
    ]
    assert "check-pbx: Extensions: works\n" in said
    assert "check-pbx: Groups: the application has no permission\n" in said
    assert re.search(
        r"check-pbx: \d\d requests and a WebSocket, \d+\.\d s, \d+ kB", said
    )
    assert json.loads(file.read_text("utf-8"))["firmware"] == pbx.firmware
    assert pbx.client_secret not in said + file.read_text("utf-8")
    assert endpoints(pbx)[-1] == "del_token"


async def test_a_certificate_that_is_not_that_of_the_pbx(
    pbx: PbxSimulator, tmp_path: Path
) -> None:
    """The user is asked for nothing else, and nothing is sent."""
    file, user = tmp_path / "record.json", User(pbx, trusts=False)

    status = await check(
        parse([pbx.base_url, "--output", str(file)]), user.ask, user.ask_secretly
    )

    assert status == 1
    assert len(user.asked) == 1
    assert "get_token" not in endpoints(pbx)
    assert not file.exists()


async def test_credentials_of_the_environment(
    http_pbx: PbxSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is asked; there is no certificate, either."""
    monkeypatch.setenv("YEASTAR_CLIENT_ID", http_pbx.client_id)
    monkeypatch.setenv("YEASTAR_CLIENT_SECRET", http_pbx.client_secret)
    file, user = tmp_path / "record.json", User(http_pbx)

    status = await check(
        parse([http_pbx.base_url, "--output", str(file)]), user.ask, user.ask_secretly
    )

    assert (status, user.asked) == (0, [])


async def test_a_pbx_that_is_not_there(pbx: PbxSimulator) -> None:
    """The error says why."""
    user = User(pbx)
    await pbx.begin_outage(Outage.REFUSED)

    with pytest.raises(CannotConnect, match="connection_refused"):
        await check(parse([pbx.base_url]), user.ask, user.ask_secretly)
