"""A walk through the user interface, as a user takes it, in a real browser.

``python -m tools.walkthrough`` starts the demo's system, adds the PBX and a mailbox,
browses, plays, makes mistakes and repairs them, in English and in German, and takes
the pictures of the README.
"""
