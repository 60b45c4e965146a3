"""Matters outside the regulation: what somebody met that no clause covers, until it is answered. None gets lost."""
