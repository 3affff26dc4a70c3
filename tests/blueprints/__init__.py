"""Test the blueprints, as somebody who imports them."""
