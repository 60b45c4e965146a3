"""One address for the browser: passes bytes to web and to recorders, in both directions, and decides nothing itself."""
