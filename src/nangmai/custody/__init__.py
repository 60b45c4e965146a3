"""What makes footage evidence: hashes, chains and signed checkpoints. Pure: no files, no clock, no database."""
