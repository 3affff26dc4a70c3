"""What is private: names in ten scripts, numbers, addresses, a token, a file."""

import re

NAMES = [
    "Anna Weber",
    "ANNA",
    "Zoë O\u2019Brien-Ångström",
    "Zoë",
    "Дмитрий Иванов",
    "Ελένη Παπαδοπούλου",
    "דוד כהן",
    "محمد عبد الله",
    "प्रिया शर्मा",
    "สมชาย ใจดี",
    "김민수",
    "田中 太郎",
    "王小明",
    "\N{FOX FACE} Fox",
    "Available",
    "Extension 12",
]
SECRETS = [
    *NAMES,
    "+49 30 1234567",
    "004930765432",
    "0042",
    "3200",
    "anna.weber@office.example",
    "pbx-7.branch.example.com",
    "EXZMpZAO86mbrKm6rFtgeb3rfcpC9uqS",
    "3631A2124001",
    "closed_today_zoe.wav",
    "192.168.5.150",
    "2001:db8:5::a7",
    "F4:B5:49:1C:7E:02",
    "voicemail",
    "eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opsbCGfG_HACGpVUMN_a9IV7pAx_Zmeo",
]


def tells(text: str, private: str) -> bool:
    """Return whether a text tells something; a short one may be part of a word."""
    if len(private) > 6:
        return private in text
    return bool(re.search(rf"(?<!\w){re.escape(private)}(?!\w)", text))
