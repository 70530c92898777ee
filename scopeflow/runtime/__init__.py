"""The torch side: programs, sessions, modules."""

import os
import sys

# torch's OpenMP threads otherwise wait for each other by spinning, which costs many times the
# computation where the cores have other work too. The library reads this once, as torch loads it.
if "torch" not in sys.modules and "GOMP_SPINCOUNT" not in os.environ:
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
