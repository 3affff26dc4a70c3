"""The presences that every extension can have.

Vendor's documents: "Query extension list". The PBX can have more, under names of their
own; an extension with such a one has one of these, too.
"""

PRESENCES = (
    "available",
    "away",
    "business_trip",
    "do_not_disturb",
    "lunch",
    "off_work",
)
