"""People: who they are, how they sign in and prove who they are. Knows nothing of cameras or footage."""
