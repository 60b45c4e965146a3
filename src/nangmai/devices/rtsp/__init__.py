"""The RTSP client: one connection a stream, media by TCP or UDP, with or without TLS."""
