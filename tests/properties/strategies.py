"""Inputs: anything that JSON or a text can be, and right answers gone wrong."""

# ruff: noqa: RUF001 - characters that look like others are what it is about

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, settings, strategies as st

# For properties that need a server or a Home Assistant. Those last for all examples:
# each leaves them as the next one can use them.
WITH_FIXTURES = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
# Where one example takes some time.
FEW = settings(WITH_FIXTURES, max_examples=WITH_FIXTURES.max_examples // 4)

# What separates, ends or breaks something somewhere. Halves of surrogate pairs, which
# JSON can contain, are none of the characters that `st.text()` alone makes.
_SPECIAL = "\0\t\n\r \x7f\x85\xa0\u2028\ufeff\ud83d\ude00\"'%&+,-./0:;=?@[\\]_{|}é😀"
texts = st.text(st.characters() | st.sampled_from(_SPECIAL))

_scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.just(10**400)
)
json_values = st.recursive(
    _scalars,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(texts, values),
    max_leaves=10,
)


def joined(*pieces: str) -> st.SearchStrategy[str]:
    """Return texts put together from pieces, with something unforeseen in between."""
    piece = st.sampled_from(pieces)
    return st.lists(piece | piece | piece | texts, max_size=12).map("".join)


@st.composite
def edited[T: (str, bytes)](
    draw: st.DrawFn, right: T, pieces: st.SearchStrategy[T]
) -> T:
    """Return something right with pieces put in, or in place of parts of it."""
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(right)))
        end = at + draw(st.integers(0, 4))
        right = right[:at] + draw(pieces) + right[end:]
    return right


@st.composite
def spoiled(draw: st.DrawFn, right: Any) -> Any:
    """Return a right JSON value of which a few parts are something else, or gone."""
    value = deepcopy(right)
    for _ in range(draw(st.integers(0, 3))):
        places = [(value_of, key) for value_of, key in _places(value)]
        if not places:
            break
        container, key = draw(st.sampled_from(places))
        if draw(st.booleans()):
            container[key] = draw(json_values)
        else:
            del container[key]
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each container in a JSON value with each of its keys."""
    if isinstance(value, dict):
        keys = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    else:
        return
    for key in keys:
        yield value, key
        yield from _places(value[key])


# What an attacker builds a URL of.
_WORDS = r"""
    https: HTTPS: hTTp: http: javascript: file: blob: // / \ /\ ///
    ? # @ : ; & [ ] % ＠ ／ ＼ ？ ＃ ： user@ :secret@ @evil.example
    192.168.5.150 0xc0.0xa8.5.150 3232236950 127.1 [fd00::5] [::1]
    pbx.example PBX.EXAMPLE pbx。example ｐbx．example example.com evil.example
    xn--bcher-kva.example bücher xn--a
    :8088 :80 :443 :8_088 :+8088 :08088 :８０８８ :99999 :-1
    .. . ..; %2e %2E%2e .%2e %252e %25252e ． ․ ‥ …
    %2f %5c %252f %3f %23 %40 %00 %0d%0a %ff %zz
    a.wav é pbx /pbx/ openapi/v1.0
"""
_PARTS = (
    *_WORDS.split(),
    *("\t", "\n", "\r", " ", "\0", "\x7f", "\x85", "\xa0", "\u200b", "\u2028"),
    *("\xad", "\ud800", ".\ud800."),
)
attacks = joined(*_PARTS)


def near(right: str) -> st.SearchStrategy[str]:
    """Return URLs that are almost a right one."""
    return edited(right, st.sampled_from(("", *_PARTS)))
