"""What the command line can set: every switch, fault, error code and outage."""

import argparse
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

from .certificate import FACTORY_NAME, LOOPBACK, Authority, Certificate
from .faults import Fault, Oddity, Spoiler
from .lines import Delay, Line
from .outages import Outage
from .profile import DOCUMENTED, Profile, names as profile_names
from .simulator import PbxSimulator
from .switch_values import switch_choices, switch_text, switch_value
from .switches import Switches
from .tls import Weakness

_EVERYWHERE = "*"
_LIFETIME = timedelta(days=30)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that make a PBX behave otherwise."""
    group = parser.add_argument_group("what goes wrong, or is otherwise")
    group.add_argument(
        "--switch",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a switch; --list has them all",
    )
    group.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="[ENDPOINT=]FAULT",
        help="spoil the answers of an endpoint, or of all",
    )
    group.add_argument(
        "--errcode",
        action="append",
        default=[],
        metavar="[ENDPOINT=]CODE",
        help="answer an error code at an endpoint, or at all",
    )
    group.add_argument(
        "--bytes-per-second", type=float, metavar="N", help="of every answer"
    )
    group.add_argument(
        "--delay", type=float, default=0, metavar="SECONDS", help="of every answer"
    )
    group.add_argument(
        "--outage", choices=list(Outage), metavar="OUTAGE", help="let nobody through"
    )
    group.add_argument(
        "--profile",
        choices=profile_names(),
        metavar="NAME",
        help="be the model of a profile, before all other switches",
    )
    group.add_argument("--serial-number", metavar="SN", help="be another device")
    group.add_argument(
        "--redirect-port",
        type=int,
        metavar="N",
        help="an http port that leads to https",
    )
    group.add_argument(
        "--weakness",
        choices=list(Weakness),
        metavar="WEAKNESS",
        help="speak TLS that is too old or too weak",
    )
    group.add_argument(
        "--explain-http",
        action="store_true",
        help="answer http at the port of https with a page that says so",
    )
    group.add_argument(
        "--authority",
        type=Path,
        metavar="FILE",
        help="have a certificate of an authority, whose own is written to this file",
    )
    group.add_argument(
        "--factory-certificate",
        action="store_true",
        help=f"have a certificate that names {FACTORY_NAME} and no host",
    )
    group.add_argument(
        "--certificate-for",
        action="append",
        metavar="NAME",
        help="a host name or address that the certificate is for",
    )
    group.add_argument(
        "--expired", action="store_true", help="let the authority's have expired"
    )
    parser.add_argument(
        "--list",
        action="store_true",
        help="show all switches, profiles, faults, outages and weaknesses, and exit",
    )


def certificate_of(arguments: argparse.Namespace, now: float) -> Certificate | None:
    """Return the certificate that is asked for; write that of its authority."""
    names = arguments.certificate_for or LOOPBACK
    if arguments.factory_certificate:
        return Certificate.factory(now)
    if not arguments.authority:
        return Certificate.create(now, names) if arguments.certificate_for else None
    authority = Authority(now)
    arguments.authority.write_text(authority.pem, encoding="ascii")
    age = _LIFETIME + timedelta(days=1) if arguments.expired else timedelta(days=1)
    return authority.issue(now, names, age=age, valid_for=_LIFETIME)


def profile_of(arguments: argparse.Namespace) -> Profile:
    """Return the profile that is asked for."""
    return Profile.named(arguments.profile) if arguments.profile else DOCUMENTED


def apply(arguments: argparse.Namespace, pbx: PbxSimulator) -> None:
    """Set what can be set before the start; raise ValueError for what is not there."""
    for text in arguments.switch:
        name, _, value = text.partition("=")
        setattr(pbx.switches, name, switch_value(name, value))
    if arguments.bytes_per_second:
        pbx.faults[_EVERYWHERE] = Line(arguments.bytes_per_second, arguments.delay)
    elif arguments.delay:
        pbx.faults[_EVERYWHERE] = Delay(arguments.delay)
    for text in arguments.fault:
        endpoint, name = _at_endpoint(text)
        pbx.faults[endpoint] = _fault(name)
    for text in arguments.errcode:
        endpoint, code = _at_endpoint(text)
        pbx.errcodes[endpoint] = int(code)
    if arguments.serial_number:
        pbx.serial_number = arguments.serial_number
    if arguments.explain_http:
        pbx.explain_http()


async def apply_running(arguments: argparse.Namespace, pbx: PbxSimulator) -> None:
    """Set what can be set after the start."""
    if arguments.weakness:
        await pbx.weaken(Weakness(arguments.weakness))
    if arguments.outage:
        await pbx.begin_outage(Outage(arguments.outage))


def _at_endpoint(text: str) -> tuple[str, str]:
    """Return an endpoint and what stands behind it."""
    endpoint, _, what = text.rpartition("=")
    return endpoint or _EVERYWHERE, what


def _fault(name: str) -> Spoiler:
    faults: list[Fault | Oddity] = [*Fault, *Oddity]
    for fault in faults:
        if fault == name:
            return fault
    raise ValueError(f"There is no fault {name}")


def everything() -> str:
    """Return all switches with their defaults, and the names of all that there is."""
    switches = Switches()
    lines = ["Switches:"]
    for name in (field.name for field in fields(Switches)):
        choices = ", ".join(switch_choices(name))
        among = f"  ({choices})" if choices else ""
        lines.append(f"  {name}={switch_text(getattr(switches, name))}{among}")
    for title, names in {
        "Profiles": profile_names(),
        "Faults": [*Fault, *Oddity],
        "Outages": [*Outage],
        "Weaknesses": [*Weakness],
    }.items():
        lines += ["", f"{title}:", *(f"  {name}" for name in names)]
    return "\n".join(lines)
