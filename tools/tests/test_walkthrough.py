"""What the walkthrough reads, without a browser."""

import re

import pytest

from tests.user_interface import TRANSLATIONS, texts
from tools.walkthrough.command import LANGUAGES, OF_DOCUMENTS, shown_pictures
from tools.walkthrough.words import NAME, Words, find_raw_keys


@pytest.mark.parametrize(
    "shown",
    [
        "component.yeastar_vm.services.play_greeting.name",
        "ui.panel.config.integrations.add_integration",
        "client_secret",
        "The certificate of {name} has changed",
    ],
)
def test_keys_are_found(shown: str) -> None:
    """Also a placeholder that nothing was put in for."""
    assert find_raw_keys(["Client Secret", shown, "vm_welcome.wav"]) == [shown]


def test_no_text_looks_like_a_key() -> None:
    """Once its placeholders are filled in."""
    filled = [re.sub(r"\{\w+\}", "3200", text) for _, text in texts(TRANSLATIONS["en"])]

    assert find_raw_keys(filled) == []


def test_english_is_found_in_german() -> None:
    """Texts of this integration, in pieces as a page has them, and of the frontend."""
    words = Words("de")
    english = [
        "The voicemail of 3201 has no greetings. Record or upload one first.",
        "and copy the Client ID and the Client Secret from there.",
        "Add integration",
    ]
    german = ["Begrüßung wiedergeben", "Integration hinzufügen", "Medien", NAME, "PBX"]

    assert words.find_foreign([*english, *german]) == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_foreign_in_its_own_language(language: str) -> None:
    """Not even what is alike in both."""
    own = [text for _, text in texts(TRANSLATIONS[language])]

    assert Words(language).find_foreign(own) == []


def test_a_document_shows_each_picture_and_no_other() -> None:
    """`scripts/walkthrough --write-docs` takes them."""
    assert shown_pictures() == sorted(file.name for file in OF_DOCUMENTS.iterdir())
