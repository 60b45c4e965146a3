"""Recorders and cameras as they report themselves. Shows state; never speaks to a recorder, never opens footage."""
