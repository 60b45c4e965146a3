"""nangmai: a camera recorder that keeps its own rules."""
