"""People: who they are, which role they hold, how they sign in. Knows nothing of cameras or footage."""
