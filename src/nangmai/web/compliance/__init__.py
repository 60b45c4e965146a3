"""Does the institution keep its own rules: checks from data, attestations, and a state a day for each clause."""
