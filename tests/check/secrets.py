"""What is private: names in ten scripts, numbers, addresses, a token, a file."""

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
]
