"""A window that shows nothing and ends the process after so many frames (`PYGLET_FRAMES`)."""

import os
from types import SimpleNamespace
from unittest.mock import MagicMock

left = [int(os.environ.get("PYGLET_FRAMES", "500"))]


class Window:
    def __init__(self, *_, **__):
        pass

    def nothing(self, *_, **__):
        pass

    switch_to = dispatch_events = dispatch_event = clear = set_location = close = nothing

    def flip(self):
        left[0] -= 1
        if left[0] < 0:
            print("window: all frames are shown", flush=True)
            os._exit(0)


clock, gl, graphics = MagicMock(), MagicMock(), MagicMock()
window = SimpleNamespace(Window=Window, key=MagicMock())
