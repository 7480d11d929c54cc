"""The corpus half on this machine: extract, filter and deduplicate files, without Airflow and without a server.

The stages are the Dag's own. Their objects lie below the output folder, each under the digest of its input and
settings, so that a second run, or one after Ctrl-C, does what is missing and no more.
"""

import fcntl
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from tasks.commands.corpus_output import OUTPUT
from tasks.commands.local_files import open_store, uncut
from tasks.commands.scratch import NoLineage
from tasks.core.config import Config, DatasetSpec, DecontaminateConfig, DedupConfig, ExtractConfig, FilterConfig
from tasks.core.errors import ConfigError, FatalError
from tasks.core.refs import ShardRef, SourceRef, SourceShard
from tasks.core.runtime import RunContext, Runtime
from tasks.decontaminate import run as decontaminate
from tasks.dedup import run as dedup
from tasks.extract import run as extract
from tasks.extract.plan import plan
from tasks.filters import run as filters
from tasks.storage.folder import FolderObjects

C = TypeVar("C", bound=Config)
# Everything in an output folder that is not for people; what is done is found again there.
WORK = "work"
# A shard is done in some seconds, so that the bar moves; what is read beyond its end, for the record that may lie
# across it, takes a hundredth of that.
SHARD_BYTES, MAX_SHARDS = 8 << 20, 1_000


@dataclass(frozen=True)
class CorpusSettings:
    """The parts of a specification that make documents of pages."""

    extract: ExtractConfig
    filters: FilterConfig
    decontaminate: DecontaminateConfig
    dedup: DedupConfig

    @classmethod
    def of(cls, spec: DatasetSpec | None) -> Self:
        """Return the parts of `spec`, or the built-in defaults. A share of rejects never stops a trial."""
        return cls(
            extract=_unbounded(spec.extract if spec else ExtractConfig.model_validate({})),
            filters=_unbounded(spec.filters if spec else FilterConfig.model_validate({})),
            decontaminate=_unbounded(spec.decontaminate if spec else DecontaminateConfig.model_validate({})),
            dedup=_unbounded(spec.dedup if spec else DedupConfig.model_validate({})),
        )

    def body(self) -> dict[str, dict[str, Any]]:
        """Return the settings as JSON values, for the summary."""
        return {name: getattr(self, name).model_dump(mode="json") for name in vars(self)}


def _unbounded(config: C) -> C:
    has_bound = "max_reject_rate" in type(config).model_fields
    return config.model_copy(update={"max_reject_rate": 1.0}) if has_bound else config


@contextmanager
def output_folder(folder: Path) -> Iterator[Path]:
    """Hold an output folder for one run, with all temporary files in it; they are gone at the end, and after a kill
    at the next start. Raises ConfigError when it holds other things, or another run works in it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        others = sorted({path.name for path in folder.iterdir()} - {WORK, *OUTPUT})
        if others:
            raise ConfigError(
                f"{folder}: holds {others[0]}, which is not from here; give a new or empty folder as --out"
            )
        temporary = folder / WORK / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        lock = (folder / WORK / "lock").open("w")
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be written ({error.strerror}); give another folder as --out") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigError(
                f"{folder}: another `backforth extract` works in it; wait, or give another --out"
            ) from error
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        before, tempfile.tempdir = tempfile.tempdir, str(temporary)
        try:
            yield folder
        finally:
            tempfile.tempdir = before
            shutil.rmtree(temporary, ignore_errors=True)


def local_runtime(folder: Path) -> Runtime:
    """Return a Runtime whose objects lie in an output folder, and whose facts go nowhere."""
    context = RunContext(run_id="local", job="extract", dataset="local", partition_key="local")
    objects = FolderObjects(folder / WORK / "objects")
    return Runtime(objects=objects, lineage=NoLineage(), run=context, source_store=open_store)


def run_corpus(
    folder: Path,
    sources: Sequence[SourceRef],
    settings: CorpusSettings,
    *,
    jobs: int,
    advance: Callable[[int], object],
) -> list[ShardRef]:
    """Return the shards of documents of `sources`, in their order; `advance` is told the bytes that are done.

    The result does not depend on `jobs`, the number of processes that extract and filter.
    """
    shards = plan(sources, shard_bytes=SHARD_BYTES, max_shards=MAX_SHARDS, uncut=uncut(sources))
    return dedup.run(_filtered(folder, shards, settings, jobs, advance), settings.dedup, local_runtime(folder))


def filtered_shard(folder: Path, shard: SourceShard, settings: CorpusSettings) -> ShardRef:
    """Return the documents of one shard of the sources that the filters, and the evaluation sets, let pass."""
    rt = local_runtime(folder)
    kept = filters.run(extract.run(shard, settings.extract, rt), settings.filters, rt)
    return decontaminate.run(kept, settings.decontaminate, rt) if settings.decontaminate.sets else kept


def _filtered(
    folder: Path, shards: Sequence[SourceShard], settings: CorpusSettings, jobs: int, advance: Callable[[int], object]
) -> list[ShardRef]:
    if min(jobs, len(shards)) <= 1:
        made = []
        for shard in shards:
            made.append(filtered_shard(folder, shard, settings))
            advance(shard.byte_count)
        return made
    # Fresh processes: this one may have threads, which a fork would leave in the middle of what they do.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, len(shards)), context, _start_worker, (tempfile.gettempdir(),))
    is_whole = False
    try:
        with _interrupt_held():
            futures: dict[Future[ShardRef], int] = {
                pool.submit(filtered_shard, folder, shard, settings): number for number, shard in enumerate(shards)
            }
        for future in as_completed(futures):
            future.result()
            advance(shards[futures[future]].byte_count)
        is_whole = True
        return [future.result() for future in futures]
    except BrokenProcessPool as error:
        raise FatalError(
            "a process that extracts pages was killed, most likely for want of memory; what was done is kept: "
            "run the same command again with fewer --jobs"
        ) from error
    finally:
        pool.shutdown(wait=is_whole, cancel_futures=True)
        for worker in multiprocessing.active_children() if not is_whole else ():
            worker.terminate()
            worker.join()


@contextmanager
def _interrupt_held() -> Iterator[None]:
    """Leave Ctrl-C for later, and for processes that begin here to the command, which ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker(temporary: str) -> None:
    """Workers put their temporary files where the command removes them, and end when it was killed."""
    tempfile.tempdir = temporary
    threading.Thread(target=_end_with_command, daemon=True).start()


def _end_with_command() -> None:
    """Wait for the end of the command: nobody else would tell a worker, which waits for work without end."""
    command = multiprocessing.parent_process()
    if command is not None:
        command.join()
        os._exit(1)
