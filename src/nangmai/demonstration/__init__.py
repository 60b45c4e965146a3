"""Files of the demonstration school: its regulation. Data only: what other packages show and set up."""
