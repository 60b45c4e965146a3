"""The regulation as data: its text, its norms, and what they allow. Pure: no file, no clock, no database."""
