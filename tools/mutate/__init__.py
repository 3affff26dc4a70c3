"""Change the integration in one place at a time, and see whether a test notices.

Made for this repository: mutmut leaves out decorated functions, tables, and caught
errors, which is most of it, and cosmic-ray runs all tests on each change.
"""
