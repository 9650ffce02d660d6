"""How much memory a process and all that it starts need together at most."""

import contextlib
import threading

import psutil

_PAUSE = 0.02


class Peak(threading.Thread):
    """Watches from outside: `with Peak(pid) as peak: ...`, then `peak.megabytes`.

    The sum of the resident sets. Pages that several of them share are counted for each, so the truth is never above it.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.megabytes = 0.0
        self._process, self._over = psutil.Process(pid), threading.Event()

    def __enter__(self) -> "Peak":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.wait(_PAUSE):
            with contextlib.suppress(psutil.Error):
                family = [self._process, *self._process.children(recursive=True)]
                self.megabytes = max(self.megabytes, sum(map(_resident, family)))


def _resident(process: psutil.Process) -> float:
    """Nothing of one that has just ended."""
    try:
        return float(process.memory_info().rss) / 1024 / 1024
    except psutil.Error:
        return 0.0
