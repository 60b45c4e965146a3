"""The demonstration: a school that runs on the real services. No other app knows of it."""
