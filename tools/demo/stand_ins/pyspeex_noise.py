"""Stands in for the package of this name, which cleans voices and needs a compiler.

Home Assistant imports it to list its actions; nobody talks to the demo.
"""


class AudioProcessor:
    """Noise suppression."""
