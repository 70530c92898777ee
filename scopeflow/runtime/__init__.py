"""The torch side: programs, sessions, modules."""

import os
import sys

# torch's OpenMP threads wait for each other by spinning, by default so long that where the cores
# have other work too it costs many times the computation. A short while is enough between the ops
# of a program; then they sleep. The library reads this once, as torch loads it.
if "torch" not in sys.modules and "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")
