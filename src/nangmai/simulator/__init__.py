"""RTSP cameras that behave and misbehave: for the demo, the tests and the benchmark.

Owns the far end of the wire. Shares no protocol code with the client in `nangmai.devices` and `nangmai.media`: an error
made on both sides would cancel out and nobody would see it.
"""

from nangmai.simulator.camera import Camera, SimulatedCamera
from nangmai.simulator.clip import AudioTrack, Clip, ClipPicture, open_clip
from nangmai.simulator.server import Simulator, running
from nangmai.simulator.stamp import Stamp, stamps
from nangmai.simulator.studio import Recipe, make_clip

__all__ = [
    "AudioTrack",
    "Camera",
    "Clip",
    "ClipPicture",
    "Recipe",
    "SimulatedCamera",
    "Simulator",
    "Stamp",
    "make_clip",
    "open_clip",
    "running",
    "stamps",
]
