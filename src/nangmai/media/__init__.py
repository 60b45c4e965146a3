"""Bytes in, items out:

RTSP, SDP, RTP, codecs and ISO BMFF, without a socket, a clock or a file. See docs/design/pipeline.md.
"""
