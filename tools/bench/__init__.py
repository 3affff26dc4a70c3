"""What this integration costs, beside what else a user could do.

``python -m tools.bench`` measures everything side by side and writes
docs/performance.md.
"""
