"""Chunks to outcomes in input order, in this process or in several."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from curate.build.chunk import ChunkWorker, Outcome
from curate.build.settings import Settings
from curate.errors import CurateError
from curate.files.chunks import Chunk, Span
from curate.files.platform import keep_freed_memory

_worker: ChunkWorker


def _start(settings: Settings) -> None:
    global _worker  # noqa: PLW0603 - one worker a process, made once
    # Ctrl-C goes to the whole group: the parent ends the run, a worker has nothing to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _worker = ChunkWorker(settings)
    gc.disable()


@contextmanager
def _no_cycle_search() -> Iterator[None]:
    """Rest the cycle collector: rows hold no cycles, and it would walk all of them again."""
    keep_freed_memory()
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _run(work: Chunk | Span) -> Outcome:
    return _worker.run(work.read() if isinstance(work, Span) else work)


def outcomes(
    work: Iterable[Chunk | Span], settings: Settings, jobs: int
) -> Iterator[tuple[Chunk | Span, Outcome]]:
    """Yield each piece of work with its outcome, in the order of the input.

    At most `2 * jobs` pieces are under way, so memory does not grow with the input.

    Args:
        work: Chunks, or spans that the worker reads.
        settings: The same for every chunk.
        jobs: Number of processes; 1 works in this one.
    """
    if jobs <= 1:
        worker = ChunkWorker(settings)
        with _no_cycle_search():
            for piece in work:
                yield piece, worker.run(piece.read() if isinstance(piece, Span) else piece)
        return
    # A forked child has the imports already; where that is not safe, a fresh one imports them.
    method = "fork" if sys.platform == "linux" else "spawn"
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(jobs, context, initializer=_start, initargs=(settings,)) as pool:
        try:
            yield from _in_order(work, pool, jobs)
        except BrokenProcessPool:
            raise CurateError(
                "a worker process died, probably for want of memory; nothing was written",
                hint="run it again with fewer --jobs",
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _in_order(
    work: Iterable[Chunk | Span], pool: ProcessPoolExecutor, jobs: int
) -> Iterator[tuple[Chunk | Span, Outcome]]:
    waiting: deque[tuple[Chunk | Span, Future[Outcome]]] = deque()
    for piece in work:
        waiting.append((piece, pool.submit(_run, piece)))
        if len(waiting) >= 2 * jobs:
            first, future = waiting.popleft()
            yield first, future.result()
    while waiting:
        first, future = waiting.popleft()
        yield first, future.result()
