"""A check of a simulated PBX, without Home Assistant."""

from custom_components.yeastar_vm.check.findings import Findings, Outcome, Subject
from custom_components.yeastar_vm.check.run import PbxCheck
from custom_components.yeastar_vm.pbx import (
    BaseUrl,
    Connections,
    Credentials,
    Pause,
    SignIn,
    YeastarClient,
)
from simulator import PbxSimulator


def client_of(connections: Connections, pbx: PbxSimulator) -> YeastarClient:
    """Return a client of a PBX that has no token yet."""
    return YeastarClient(
        connections,
        BaseUrl(pbx.base_url),
        fingerprint=pbx.fingerprint or None,
        sign_in=SignIn(Credentials(pbx.client_id, pbx.client_secret)),
        pause=Pause(),
    )


async def check(
    connections: Connections, pbx: PbxSimulator, mailbox: str = "3200"
) -> Findings:
    """Check a PBX, and listen no longer than for the answers."""
    client = client_of(connections, pbx)
    return await PbxCheck(client, mailbox, listen=0).run()


def outcomes(found: Findings) -> dict[Subject, Outcome]:
    """Return how the check of each subject ended."""
    return {finding.subject: finding.outcome for finding in found.findings}
