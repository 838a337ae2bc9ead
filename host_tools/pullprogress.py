"""Bars for pulls, one a unit, with bytes a second and the time left; nothing when nobody looks.

Called by: cmd_pull, pulling.
"""

from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)


class _Task:
    def __init__(self, progress, task_id):
        self._progress = progress
        self._task_id = task_id

    def at(self, n_bytes):
        """So many have come, or were there."""
        self._progress.update(self._task_id, completed=n_bytes)

    def go_on_at(self, n_bytes):
        """So many were there: they took no time, so that the rate begins behind them."""
        self._progress.reset(self._task_id, completed=n_bytes)


class _Nobody:
    def at(self, _n_bytes):
        pass

    def go_on_at(self, _n_bytes):
        pass


class Silent:
    """For callers that show nothing, or something of their own."""

    @contextmanager
    def task(self, _title, _total):
        yield _Nobody()


class Bars:
    """A context manager; `task` may be used from several threads at once."""

    def __init__(self):
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self):
        self._progress.start()
        return self

    def __exit__(self, *_exception):
        self._progress.stop()

    @contextmanager
    def task(self, title, total):
        yield _Task(self._progress, self._progress.add_task(title, total=max(1, total)))
