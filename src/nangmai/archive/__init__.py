"""Segments on disk and their index: write, find, hold, delete, check, rebuild. Design: docs/design/archive.md."""
