"""What we say to a device: sources over RTSP and FFmpeg, probing. Nothing here decides what is recorded."""
