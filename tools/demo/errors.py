"""What ends the demo."""


class DemoError(Exception):
    """A step failed; the text tells the user why."""
