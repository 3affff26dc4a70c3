"""The page that says which PBXs were seen, written from the profiles."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from .profile import Origin, Profile

PATH = Path(__file__).parents[1] / "docs" / "compatibility.md"

_WELL = ("works", "empty")
_TEMPLATE = Path(__file__).with_suffix(".md")


def page(profiles: Mapping[str, Profile]) -> str:
    """Return the page, of profiles by their names."""
    real = {n: p for n, p in profiles.items() if p.origin is not Origin.SIMULATED}
    simulated = {n: p for n, p in profiles.items() if p.origin is Origin.SIMULATED}
    template = _TEMPLATE.read_text("utf-8").rstrip()
    return template.format(
        real="\n".join(_section(real)), simulated="\n".join(_section(simulated))
    )


def _section(profiles: Mapping[str, Profile]) -> Iterator[str]:
    """Yield a table of profiles, and what is seen of each."""
    rows = [
        "| Profile | Model | Firmware | Known from | Seen to work | Not seen to work |",
        "|---|---|---|---|---|---|",
        *(
            f"| [`{name}`](#{_anchor(name, profile)}) | {profile.model} |"
            f" {profile.firmware} | {profile.origin} | {_works(profile)} |"
            f" {_does_not(profile)} |"
            for name, profile in profiles.items()
        ),
    ]
    yield "\n".join(rows) + "\n"
    for name, profile in profiles.items():
        yield from _details(name, profile)


def _title(name: str, profile: Profile) -> str:
    return f"{name}: {profile.model}, {profile.firmware}"


def _anchor(name: str, profile: Profile) -> str:
    """Return what a link to a title is, as GitHub makes it."""
    kept = (c for c in _title(name, profile).lower() if c.isalnum() or c in " -_")
    return "".join(kept).replace(" ", "-")


def _works(profile: Profile) -> str:
    if not profile.findings:
        return "not checked"
    works = [s for s, outcome in profile.findings.items() if outcome in _WELL]
    return ", ".join(map(_words, works)) or "nothing"


def _does_not(profile: Profile) -> str:
    if not profile.findings:
        return "not checked"
    others = (
        f"{_words(subject)} ({_words(outcome.partition(' ')[0])})"
        for subject, outcome in profile.findings.items()
        if outcome not in _WELL
    )
    return ", ".join(others) or "—"


def _words(key: str) -> str:
    return key.replace("_", " ")


def _details(name: str, profile: Profile) -> Iterator[str]:
    yield f"### {_title(name, profile)}\n"
    if profile.about:
        yield f"{profile.about}\n"
    for title, reasons in (
        ("Differs from the documents, as observed:", profile.observed),
        ("Assumed:", profile.assumed),
    ):
        lines = [f"- `{switch}`: {reason}" for switch, reason in reasons.items()]
        if lines:
            yield "\n".join([title, "", *lines, ""])
    if not (profile.observed or profile.assumed):
        yield "Nothing differs from the documents.\n"
    if profile.not_covered:
        lines = [f"- {text}" for text in profile.not_covered]
        yield "\n".join(["Seen, and not simulated:", "", *lines, ""])
