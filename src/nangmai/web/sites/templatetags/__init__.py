"""Template filters of cameras and recorders."""
