"""How many threads to train with beside others. Linux; elsewhere always the most.

Two threads that wait for each other at every product run at the speed of the slower one: beside a
busy neighbour one thread alone was measured to be five times faster than two.
"""

import os
import time
from pathlib import Path

STAT = Path("/proc/stat")
FREE_ENOUGH = 0.35  # cores that others may use before a thread is given up


class Cores:
    """Call `threads()` now and then; it measures what others used since the last call."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._count = os.cpu_count() or 1
        self._last = self._reading()
        self._answer = most

    def threads(self) -> int:
        now = self._reading()
        seconds = now[0] - self._last[0]
        if seconds > 1.0:
            others = (now[1] - now[2] - self._last[1] + self._last[2]) / seconds
            self._answer = max(1, min(self.most, int(self._count - others + 1 - FREE_ENOUGH)))
            self._last = now
        return self._answer

    def _reading(self) -> tuple[float, float, float]:
        """Clock, busy seconds of all cores, busy seconds of this process."""
        own = time.process_time()
        if not STAT.exists():
            return time.monotonic(), own, own
        user, nice, system, _, _, irq, soft, *_ = map(int, STAT.read_text().split()[1:9])
        return time.monotonic(), (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK"), own
