"""Directions of the board: who may look at which footage, for what, until when. And the requests that ask for one."""
