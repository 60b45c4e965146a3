"""Files of the demonstration school: its regulation. Data only: nothing here is code, nothing depends on it."""
