"""Stands in for the package of this name, which hears voices and needs a compiler.

Home Assistant imports it to list its actions; nobody talks to the demo.
"""


class MicroVad:
    """Voice activity detection."""
