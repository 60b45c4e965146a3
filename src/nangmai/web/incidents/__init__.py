"""What happened and was reported: received by the board, directed, minuted, closed."""
