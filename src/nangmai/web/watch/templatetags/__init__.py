"""Template tags of the watch."""
