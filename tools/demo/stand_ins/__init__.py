"""A folder for Home Assistant's PYTHONPATH: see its modules."""
