"""The torch side: programs, sessions, modules."""

import os
import sys

# torch's OpenMP threads wait for each other by spinning, by default so long that where the cores
# have other work too it costs many times the computation. A short while is enough between the ops
# of a program; then they sleep. The library reads this once, as torch loads it.
if "torch" not in sys.modules and "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")


def _keep_freed_memory() -> None:
    """Let glibc keep what a step has freed for the next one, up to 256 MB.

    Otherwise it gives the top of its heap back to the system after each step, which then hands out
    every page anew: of a residual network's step that was a fifth. Who sets glibc's own variables
    (MALLOC_TRIM_THRESHOLD_, MALLOC_MMAP_THRESHOLD_) is left alone.
    """
    import ctypes

    trim, mmap = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD in malloc.h
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):  # another C library
        return
    mallopt(mmap, 32 << 20)
    mallopt(trim, 256 << 20)


if sys.platform == "linux" and not any(name.startswith("MALLOC_") for name in os.environ):
    _keep_freed_memory()
