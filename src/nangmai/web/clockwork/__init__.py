"""The clock of the web plane: apps register what has to be looked at again and again. No noun of the domain."""
