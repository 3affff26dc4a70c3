"""The tools: the demo, measurements, real players, and the user interface."""
