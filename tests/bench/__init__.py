"""What this integration costs, beside what else a user could do.

``python -m tests.bench`` measures everything side by side and writes
docs/performance.md.
"""
