"""Sources that the RTSP client does not speak: whatever FFmpeg's libraries can open, read in a thread."""
