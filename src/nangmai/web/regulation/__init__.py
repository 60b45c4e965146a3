"""The regulation in force: its versions, who has acknowledged them, and the one door through which acts are allowed."""
