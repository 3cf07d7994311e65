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
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from curate.build.chunk import ChunkWorker, Outcome
from curate.build.read import Work, chunk_of
from curate.build.settings import Settings
from curate.errors import CurateError
from curate.files.platform import keep_freed_memory

_SPOOLED_BYTES = 64 << 10
_worker: ChunkWorker
_spool: Path


def _settle_memory() -> None:
    """Take all memory from the C library, and let it keep what is freed for the next chunk."""
    keep_freed_memory()
    pa.set_memory_pool(pa.system_memory_pool())


def _start(settings: Settings, spool: str) -> None:
    global _worker, _spool  # noqa: PLW0603 - one worker a process, made once
    _spool = Path(spool)
    _settle_memory()
    # Ctrl-C goes to the whole group: the parent ends the run, a worker has nothing to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _worker = ChunkWorker(settings)
    gc.disable()


@contextmanager
def _at_rest() -> Iterator[None]:
    """Rest the cycle collector, which would walk all rows, and what gives memory back."""
    was_on, pool = gc.isenabled(), pa.default_memory_pool()
    _settle_memory()
    gc.disable()
    try:
        yield
    finally:
        pa.set_memory_pool(pool)
        if was_on:
            gc.enable()


def _run(number: int, work: Work) -> Outcome:
    """Run one piece; a large payload goes by a file, which is half the cost of a pipe."""
    outcome = _worker.run(chunk_of(work))
    if len(outcome.payload) > _SPOOLED_BYTES:
        (_spool / str(number)).write_bytes(outcome.payload)
        outcome.payload = b""
    return outcome


def _with_payload(outcome: Outcome, spooled: Path) -> Outcome:
    """Return a worker's outcome with its payload, if it went by a file."""
    if outcome.rows and not outcome.payload and spooled.exists():
        outcome.payload = spooled.read_bytes()
        spooled.unlink()
    return outcome


def outcomes(work: Iterable[Work], settings: Settings, jobs: int) -> Iterator[tuple[Work, Outcome]]:
    """Yield each piece of work with its outcome, in the order of the input.

    At most `2 * jobs` pieces are under way, so memory does not grow with the input.

    Args:
        work: Chunks, or what the worker reads.
        settings: The same for every chunk.
        jobs: Number of processes; 1 works in this one.
    """
    if jobs <= 1:
        worker = ChunkWorker(settings)
        with _at_rest():
            for piece in work:
                yield piece, worker.run(chunk_of(piece))
        return
    # A forked child has the imports already; where that is not safe, a fresh one imports them.
    method = "fork" if sys.platform == "linux" else "spawn"
    context = multiprocessing.get_context(method)
    with (
        TemporaryDirectory(prefix="curate-") as spool,
        ProcessPoolExecutor(jobs, context, initializer=_start, initargs=(settings, spool)) as pool,
        _at_rest(),
    ):
        try:
            yield from _in_order(work, pool, jobs, Path(spool))
        except BrokenProcessPool:
            raise CurateError(
                "a worker process died, probably for want of memory; nothing was written",
                hint="run it again with fewer --jobs",
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _in_order(
    work: Iterable[Work], pool: ProcessPoolExecutor, jobs: int, spool: Path
) -> Iterator[tuple[Work, Outcome]]:
    waiting: deque[tuple[int, Work, Future[Outcome]]] = deque()

    def first() -> tuple[Work, Outcome]:
        number, piece, future = waiting.popleft()
        return piece, _with_payload(future.result(), spool / str(number))

    for number, piece in enumerate(work):
        waiting.append((number, piece, pool.submit(_run, number, piece)))
        if len(waiting) >= 2 * jobs:
            yield first()
    while waiting:
        yield first()
