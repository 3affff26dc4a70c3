"""Every error has its texts. What is missing is said in words: which key, and where.

A custom integration cannot refer from one text to another, so an error of the PBX that
a form can meet has the same text in several places.
"""

import ast
from pathlib import Path
import re

import pytest

import custom_components.yeastar_vm
from custom_components.yeastar_vm.audio import AudioError
from custom_components.yeastar_vm.audio.errors import FfmpegError, FfmpegFailed
from custom_components.yeastar_vm.errors.translated import (
    Translated,
    error_placeholders,
)
from custom_components.yeastar_vm.flow.connect import HTTPS_REQUIRED
from custom_components.yeastar_vm.pbx import (
    AddressBlocked,
    AddressNotAllowed,
    AudioTooLarge,
    CannotConnect,
    CertificateChanged,
    ConnectionFailure,
    GatewayRefused,
    InvalidUrl,
    NoAudio,
    PbxFault,
    Redirected,
    SignInPaused,
    TooManyTokens,
    YeastarError,
)
from custom_components.yeastar_vm.pbx.errors import (
    AlreadyExists,
    ApiMissing,
    FileTooLarge,
    InUse,
    LimitReached,
    SignInFailed,
    TokenRefused,
)

from .user_interface import TRANSLATIONS, placeholders, texts

FOLDER = Path(custom_components.yeastar_vm.__file__).parent
LANGUAGES = ", ".join(TRANSLATIONS)
ENGLISH = dict(texts(TRANSLATIONS["en"]))
ACTION = "exceptions.{}.message"
FORM = "config.error.{}"
MAILBOX_FORM = "config_subentries.mailbox.error.{}"

# Only a flow is given a URL.
ONLY_IN_A_FLOW = (InvalidUrl,)
# Only audio and changes of greetings raise these; a config flow asks for neither.
NOT_IN_A_FLOW = (
    AlreadyExists,
    AudioError,
    AudioTooLarge,
    FileTooLarge,
    InUse,
    LimitReached,
    NoAudio,
)
# What only the forms say.
OF_THE_FORM = {"empty", "too_long", HTTPS_REQUIRED}
OF_THE_MAILBOX_FORM = {
    "box_not_found",
    "engine_not_supported",
    "engine_unavailable",
    "group_without_messages",
    "language_not_supported",
    "not_an_engine",
}


def every_error() -> list[YeastarError | AudioError]:
    """Return one of every error that has a text."""
    special: list[YeastarError | AudioError] = [
        *(CannotConnect(reason) for reason in ConnectionFailure),
        AddressBlocked(0),
        AddressNotAllowed(0),
        ApiMissing(0),
        SignInFailed(0, 20002),
        TooManyTokens(0),
        CertificateChanged("00"),
        Redirected("https://pbx.example"),
        GatewayRefused(403),
        PbxFault(-2),
        *(kind(-2) for kind in subclasses(PbxFault)),
        TokenRefused(expired=True),
        FfmpegFailed("broken"),
    ]
    made = {type(error) for error in special} | {SignInPaused, FfmpegError}
    plain = [kind() for kind in subclasses(YeastarError) if kind not in made]
    audio = [kind() for kind in subclasses(AudioError) if kind not in made]
    return [*special, *plain, *audio]


def subclasses[E: Exception](kind: type[E]) -> list[type[E]]:
    """Return all classes below a class, by name."""
    direct = set(kind.__subclasses__())
    found = direct.union(*(subclasses(below) for below in direct))
    return sorted(found, key=lambda each: each.__name__)


def constants() -> set[str]:
    """Return all texts in the code, with the keys of translations among them."""
    return {
        node.value
        for file in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def keys(place: str) -> set[str]:
    """Return the keys that have a text at a place."""
    before, after = place.split("{}")
    return {
        where.removeprefix(before).removesuffix(after)
        for where in ENGLISH
        if where.startswith(before)
    }


def required() -> dict[str, set[str]]:
    """Return the keys that must have a text, by place."""
    errors = every_error()
    return {
        ACTION: {each.key for each in errors if not isinstance(each, ONLY_IN_A_FLOW)}
        | {kind.key for kind in subclasses(Translated) if kind.__subclasses__() == []},
        FORM: {each.key for each in errors if not isinstance(each, NOT_IN_A_FLOW)},
        MAILBOX_FORM: {
            each.key
            for each in errors
            if not isinstance(each, (*ONLY_IN_A_FLOW, *NOT_IN_A_FLOW))
        },
    }


def test_every_error_says_in_the_log_what_happened() -> None:
    """In words, also where it has a number."""
    silent = [
        type(error).__name__
        for error in every_error()
        if not re.search(r"[A-Za-z]{3}", str(error))
    ]

    assert silent == []


def test_every_error_has_its_texts() -> None:
    """In the file of each language; the test of translations compares the files."""
    missing = [
        f"{place.format(key)}: add it to translations/*.json ({LANGUAGES})"
        + (f", the same as {ACTION.format(key)}" if place == MAILBOX_FORM else "")
        for place, needed in required().items()
        for key in sorted(needed - keys(place))
    ]

    assert not missing, "these texts are missing:\n" + "\n".join(missing)


def test_every_text_of_an_error_is_used() -> None:
    """Nothing is left over from what is gone."""
    needed = required()
    used = {
        ACTION: needed[ACTION] | constants(),
        FORM: needed[FORM] | OF_THE_FORM,
        MAILBOX_FORM: needed[MAILBOX_FORM] | OF_THE_MAILBOX_FORM,
    }
    unused = [
        f"{place.format(key)}: remove it from translations/*.json ({LANGUAGES})"
        for place in used
        for key in sorted(keys(place) - used[place])
    ]

    assert not unused, "nothing shows these texts:\n" + "\n".join(unused)


def test_the_form_of_a_mailbox_says_what_an_action_says() -> None:
    """An error of the PBX is the same wherever it is met."""
    different = [
        f"{MAILBOX_FORM.format(key)}: copy the text of {ACTION.format(key)}"
        for key in sorted(required()[MAILBOX_FORM] & keys(MAILBOX_FORM))
        if ENGLISH[MAILBOX_FORM.format(key)] != ENGLISH.get(ACTION.format(key))
    ]

    assert not different, "\n".join(different)


@pytest.mark.parametrize("error", every_error(), ids=lambda e: f"{type(e).__name__}")
def test_the_placeholders_of_a_text_are_filled(
    error: YeastarError | AudioError,
) -> None:
    """Also those of texts that are met in another test.

    See `_errors_have_texts` in `conftest.py`.
    """
    given = set(error_placeholders(error))

    if isinstance(error, PbxFault) and error.key != PbxFault.key:
        given = set()  # The key says what the code means.

    if not isinstance(error, ONLY_IN_A_FLOW):
        assert placeholders(ENGLISH[ACTION.format(error.key)]) == given
    if not isinstance(error, NOT_IN_A_FLOW):
        assert placeholders(ENGLISH[FORM.format(error.key)]) <= {*given, "example_url"}


@pytest.mark.parametrize("error", every_error(), ids=lambda e: f"{type(e).__name__}")
def test_the_log_says_what_happened(error: YeastarError | AudioError) -> None:
    """Each error has words for it."""
    assert str(error)


# How a text tells a person what to do, perhaps after a condition.
STEP = re.compile(
    r"(^|[.:,]\s+)(first )?"
    r"(add|ask|check|close|confirm|delete|enable|enter|go|install|listen|look|make|mark|"
    r"open|put|record|reload|remove|run|see|select|sign|specify|submit|turn|try|update|"
    r"upload|use|wait)\b",
    re.IGNORECASE,
)
# These have the text of another error, which names the step.
HAVE_ANOTHER = re.compile(r"(?<!\()\{(reason|errors)\}(?!\.)")
# These are only a part of another text, or need no step.
NEED_NONE = re.compile(
    r"exceptions\.\w+_reason\.message|config.*\.abort\.\w+_successful"
)
WENT_WRONG = re.compile(
    r"exceptions\.|issues\..*(abort|description)|[\w.]*\.(error|abort)\."
)


def went_wrong(language: str) -> dict[str, str]:
    """Return the texts of what goes wrong, by place."""
    return {
        where: text
        for where, text in texts(TRANSLATIONS[language])
        if WENT_WRONG.match(where) and not NEED_NONE.fullmatch(where)
    }


def test_a_text_of_what_went_wrong_names_the_next_step() -> None:
    """A person who meets it knows what to do, and not only what happened."""
    without = [
        f"{where}: {text}"
        for where, text in went_wrong("en").items()
        if not STEP.search(text) and not HAVE_ANOTHER.search(text)
    ]

    assert not without, "say what to do:\n" + "\n".join(without)


def test_no_text_says_only_to_try_again() -> None:
    """It says when, or what to do before: without that, the same happens again."""
    helpless = [
        f"{where}: {text}"
        for where, text in went_wrong("en").items()
        if re.search(r"(^|\. )Try again( later)?\.", text)
    ]

    assert not helpless, "say when, or what to do before:\n" + "\n".join(helpless)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_the_step_stands_in_each_language(language: str) -> None:
    """It is a sentence of its own wherever it is one in English."""

    def is_one_sentence(text: str) -> bool:
        return len(re.findall(r"[.](?=\s|$)|。", text)) < 2

    english = went_wrong("en")
    without = [
        f"{where}: {text}"
        for where, text in went_wrong(language).items()
        if is_one_sentence(text) and not is_one_sentence(english[where])
    ]

    assert not without, "say what to do, too:\n" + "\n".join(without)
