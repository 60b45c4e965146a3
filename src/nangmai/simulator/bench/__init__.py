"""The ingest benchmark: the same simulated streams, received by one side after the other, never together.

Owns how sides are started, metered and counted. Knows the recorder only as a command and as files on a disk.
"""
