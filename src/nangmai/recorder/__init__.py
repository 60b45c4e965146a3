"""The recorder process: takes pictures in, writes them down, shows them live. It never waits for web or a viewer."""
