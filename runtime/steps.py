"""What a person sees while make up prepares: a bar for each step on a terminal, one line for each elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Steps:
    """The steps of one run."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description:<28}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[said]}[/]"),
            console=console,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Steps:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    @contextmanager
    def step(self, what: str, total: int | None = None) -> Iterator[Callable[..., None]]:
        """One step; call what is yielded with a text (and how many are done) while it goes on."""
        began = time.monotonic()
        task: TaskID = self._progress.add_task(what, total=total, said="")
        last = [""]

        def say(text: str = "", done: int | None = None) -> None:
            last[0] = text or last[0]
            self._progress.update(task, said=text[:70], completed=done)
            if text and not self.console.is_terminal:
                self.console.print(f"    {text}", highlight=False, markup=False, soft_wrap=True)

        try:
            yield say
        except BaseException:
            self._progress.update(task, said="[red]failed[/]")
            raise
        self._progress.update(task, total=total or 1, completed=total or 1)
        if not self.console.is_terminal:
            self.console.print(f"✓ {what}  {time.monotonic() - began:.1f} s", highlight=False)
