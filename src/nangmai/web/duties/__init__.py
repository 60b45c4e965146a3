"""Duties with a deadline: opened by events and by the calendar, closed with evidence, passed on when they are late."""
