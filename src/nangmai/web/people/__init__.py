"""Who holds which role, where and until when: units, assignments, delegations, recusals.

Knows no role by name: ids come from the regulation, and what a role may do is never asked here.
"""
