"""One name for one thing, in each language, and the punctuation of that language.

What Home Assistant has a name for is called as in its own user interface.
"""

import re

import pytest

from .user_interface import TRANSLATIONS, texts

ENGLISH = dict(texts(TRANSLATIONS["en"]))

# The name of a thing, and what it is not called beside that.
GLOSSARY = {
    "en": {
        "sign in": r"\blog in|\blogin",
        "credentials": "sign-in details",
        "turn on": r"\bswitch(ed)? on",
    },
    "de": {
        "Telefonanlage": r"PBX|TK-Anlage",
        "Nebenstelle": "Durchwahl",
        "Mediaplayer": r"\bPlayer",
        "wiedergeben": r"[Aa]b(zu)?(spiel|gespiel)|\bspielt",
        "zurück": "liefert",
        "Anmeldedaten": "Zugangsdaten",
        "Aktualisierungstoken": "Refresh",
        "Sprache-zu-Text": "Spracherkennung",
        "Automationen": "Automatisierungen",
    },
    "es": {
        "centralita": "PBX",
        "correo de voz": "buzón de voz|contestador",
        "reproductores multimedia": r"[Rr]eproductor(es)?\b(?! multimedia)",
        "selecciona": r"\b[Ee]lige|\b[Ee]lijas",
        "petición": "solicitud",
        "terminación": "sin su extensión",
    },
    "fr": {
        "PBX": "IPBX",
        "poste": r"\b[Ee]xtension",
        "lire": r"[Dd]iffus",
        "lecteurs multimédias": r"[Ll]ecteurs?\b(?! multimédia)",
        "téléverser": r"\b[Ee]nvoyez(?! les)",
        "Sélectionnez": r"\b[Cc]hoisissez",
        "abonnement": "licence",
    },
    "it": {
        "centralino": "PBX",
        "casella vocale": r"[Cc]asell[ae]\b(?! vocal)",
        "lettori multimediali": r"[Ll]ettor[ei]\b(?! multimedial)",
        "contenuto multimediale": r"[Cc]ontenut[oi]\b(?! multimedial)",
        "seleziona": r"\b[Ss]cegli",
        "segna": "contrassegn",
    },
    "nl": {
        "PBX": "telefooncentrale",
        "mediaspelers": r"(?<!media)(?<!Media)spelers?\b",
        "converteren": r"omgezet|om te zetten",
        "selecteer": r"\b[Kk]ies\b",
        "Voer": r"\b[Vv]ul\b",
    },
    "pl": {
        "centrala": "PBX",
        "odtwarzacze mediów": r"[Oo]dtwarzacz(e|a|y|ami|ach|om|owi)?\b(?! mediów)",
        "media": r"[Mm]ultimedi",
        "link": "odnośnik",
        "ogłoszenie": "jako komunikat",
        "wprowadź": r"\b[Ww]pisz",
        "wczytaj": "przeładuj",
    },
    "pt-BR": {
        "PABX": r"\bPBX",
        "reprodutores de mídia": r"[Rr]eprodutor(es)?\b(?! de mídia)",
        "insira": r"\b[Ii]nforme\b",
        "selecione": r"\b[Ee]scolha",
        "conversão de fala em texto": "fala para texto",
    },
    "zh-Hans": {
        "网址": "URL",
        "其他": "其它",
        "您": "你",
        "公告": "播报",
        "封锁": "拉黑",
        "媒体播放器": "(?<!媒体)播放器",
        "群组": "(?<!群)组",
    },
}
# The quotation marks of each language.
QUOTES = {
    "en": '"…"',
    "de": "„…“",
    "es": "«…»",
    "fr": "«\u00a0…\u00a0»",
    "it": "«…»",
    "nl": "‘…’",  # noqa: RUF001 - they are not backticks
    "pl": "„…”",
    "pt-BR": "“…”",
    "zh-Hans": "“…”",
}
# Characters that a phone of 390 pixels shows in one line.
LONGEST_TITLE = 24
LONGEST_MESSAGE = 45
MARKS = '"„“”«»‘’'  # noqa: RUF001 - they are not backticks


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_thing_has_one_name(language: str) -> None:
    """Users look for the word that they read elsewhere."""
    glossary = GLOSSARY[language]
    written = {
        where: re.sub(r"\{\w+\}", "", text)
        for where, text in texts(TRANSLATIONS[language])
    }
    everything = "\n".join(written.values())

    assert [name for name in glossary if name not in everything] == []
    assert [
        (where, name)
        for where, text in written.items()
        for name, twin in glossary.items()
        if re.search(twin, text)
    ] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_what_is_said_twice_is_said_in_the_same_words(language: str) -> None:
    """A text that is the same in English is the same in each language."""
    translated = dict(texts(TRANSLATIONS[language]))
    said: dict[str, set[str]] = {}
    for where, text in ENGLISH.items():
        said.setdefault(text, set()).add(translated[where])

    assert {text: ways for text, ways in said.items() if len(ways) > 1} == {}


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_quotation_marks_are_those_of_the_language(language: str) -> None:
    """In pairs."""
    opening, closing = QUOTES[language].split("…")
    quoted = re.compile(f"{opening}[^{MARKS}]+{closing}")

    assert {
        where: text
        for where, text in texts(TRANSLATIONS[language])
        if any(mark in MARKS for mark in quoted.sub("", text))
    } == {}


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_what_is_quoted_is_found_in_the_user_interface(language: str) -> None:
    """By the name that it has in the same language."""
    opening, closing = QUOTES[language].split("…")
    translated = dict(texts(TRANSLATIONS[language]))
    names = {
        text: translated[where]
        for where, text in ENGLISH.items()
        if where.startswith(("conditions.", "options.", "selector.", "services."))
        and where.endswith((".name", ".auto", ".relay", ".menu_options.check"))
    }
    missing = [
        (where, names[name])
        for where, text in ENGLISH.items()
        for name in re.findall(r'"([^"]+)"', text)
        if not name.startswith("{")
        and f"{opening}{names[name]}{closing}" not in translated[where]
    ]

    assert missing == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_the_way_through_menus_is_written_as_home_assistant_writes_it(
    language: str,
) -> None:
    """With `>`; there are as many steps as in English."""
    translated = dict(texts(TRANSLATIONS[language]))

    assert [
        where
        for where, text in ENGLISH.items()
        if translated[where].count(" > ") != text.count(" > ")
        or "→" in translated[where]
    ] == []


def test_french_has_spaces_that_do_not_break() -> None:
    """A line must not begin with a colon."""
    breaking = re.compile(r" [:;!?»]|« |[^\u00a0][;!?»]")

    assert {
        where: text
        for where, text in texts(TRANSLATIONS["fr"])
        if breaking.search(text)
    } == {}


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_phone_does_not_cut_off_the_title_of_a_menu(language: str) -> None:
    """It has one line; forms have two."""
    steps = TRANSLATIONS[language]["config"]["step"].values()
    titles = [step["title"] for step in steps if "menu_options" in step]

    assert titles
    assert [title for title in titles if len(title) > LONGEST_TITLE] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_phone_does_not_cut_off_the_title_of_a_message(language: str) -> None:
    """If the name of the caller is not long."""
    words = TRANSLATIONS[language]["common"]
    caller = max("Anna Weber", words["unknown_caller"], key=len)
    day = max(words["today"], words["yesterday"], key=len)
    title = f"{words['unread']} · {caller} · {day} 14:05 · 0:42"

    assert len(title) <= LONGEST_MESSAGE
