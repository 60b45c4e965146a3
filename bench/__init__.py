"""Every claim of the README, measured: `python -m bench` runs all modules here that offer `run`, or those named.

A module `bench/<claim>.py` has `run(quick: bool = False) -> dict`; the answer goes to `bench/results/<claim>.json`.
Its key `"claims"`, when there, maps a sentence to `{"limit": …, "measured": …, "holds": bool}`; with `"goal": true` a
claim that does not hold yet is named and fails nothing.
"""
