"""Data sets of the Hugging Face Hub as inputs: asked for by name, fetched, read by our readers.

Nothing of a data set is run, nothing but the data set's own files is fetched, and no telemetry is
sent. `HF_ENDPOINT` names another server; a token comes from `HF_TOKEN` or from `hf auth login`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from curate.errors import BackendError, MissingExtraError, UsageError, printable
from curate.files.hub_address import Address, choose, parse_address
from curate.files.inputs import Source, ending
from curate.finding import Finding

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SECRET = re.compile(r"hf_\w{6,}|(?<=//)[^/@\s]+(?=@)")
_LEFT_SHOWN = 10
_LOG_IN = "hf auth login    (or set HF_TOKEN)"


def fetch(typed: str) -> tuple[list[Source], list[Finding]]:
    """Fetch the files that an `hf:` argument means, in the order of their names.

    Files go to the Hub's own cache (`HF_HOME`); what is there already is not fetched again. A
    source's path is `hf:owner/name@COMMIT:FILE`, which is an argument too.

    Raises:
        UsageError: If the address is wrong, or several splits are there and none is named.
        InputError: If the data set has no file that is read.
        BackendError: If it is not found, gated, or out of reach.
        MissingExtraError: If `huggingface_hub` is not installed.
    """
    address = parse_address(typed)
    with hub_errors(address.typed, address.repo):
        api = open_hub()
        if _COMMIT.fullmatch(address.revision or "") and _is_file(address.part):
            return [_fetched(api, address, str(address.revision), str(address.part))], []
        info = api.dataset_info(address.repo, revision=address.revision)
        commit = str(info.sha)
        files = list_files(api, address.repo, commit)
    configs = info.card_data.get("configs") if info.card_data is not None else None
    chosen, left_out = choose(address, files, configs)
    with hub_errors(address.typed, address.repo):
        sources = [_fetched(api, address, commit, name) for name in chosen]
    return sources, _left(address, left_out)


def _is_file(part: str | None) -> bool:
    path = PurePosixPath(part or "")
    return ending(path)[0] is not None and ".." not in path.parts and not path.is_absolute()


def _fetched(api: HfApi, address: Address, commit: str, name: str) -> Source:
    """Return a file of a commit, from the cache where it was fetched before."""
    path = api.hf_hub_download(address.repo, name, repo_type="dataset", revision=commit)
    return Source(f"hf:{address.repo}@{commit}:{name}", Path(path))


def list_files(api: HfApi, repo: str, revision: str) -> list[str]:
    """Return the paths of all files of a data set's revision."""
    tree = api.list_repo_tree(repo, repo_type="dataset", revision=revision, recursive=True)
    return [entry.path for entry in tree if hasattr(entry, "size")]


def _left(address: Address, names: list[str]) -> list[Finding]:
    if not names:
        return []
    shown = ", ".join(map(printable, names[:_LEFT_SHOWN]))
    more = f" and {len(names) - _LEFT_SHOWN:,} more" if len(names) > _LEFT_SHOWN else ""
    why = f"no split is in the name, so it was not read: {shown}{more}"
    return [Finding("SRC022", "skipped-file", "warning", why, file=address.typed)]


def open_hub() -> HfApi:
    """Return a client of the Hub that `HF_ENDPOINT` names; nothing is asked yet.

    Raises:
        MissingExtraError: If `huggingface_hub` is not installed.
    """
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    if not sys.stderr.isatty():
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        from huggingface_hub import HfApi, constants
    except ImportError:
        raise MissingExtraError("huggingface_hub", "hub") from None
    # Who imported the package before has let it read the environment as it was then.
    constants.HF_HUB_DISABLE_TELEMETRY = True
    return HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None)


@contextmanager
def hub_errors(what: str, repo: str) -> Iterator[None]:
    """Turn what the Hub's client raises into errors that say what to do.

    Args:
        what: What was asked for, as the user typed it.
        repo: `owner/name`.

    Raises:
        BackendError: If the Hub says no, or cannot be reached.
        UsageError: If the name cannot be one of the Hub's.
    """
    try:
        from huggingface_hub import errors
    except ImportError:
        raise MissingExtraError("huggingface_hub", "hub") from None
    # The HTTP library differs between versions; the base of its errors is the Hub error's own.
    network: tuple[type[Exception], ...] = (OSError, errors.HfHubHTTPError.__bases__[0])
    try:
        yield
    except errors.HFValidationError:
        raise UsageError(f"{what}: {repo} is no name that the Hub allows") from None
    except errors.OfflineModeIsEnabled:
        raise _offline(what, repo) from None
    except errors.HfHubHTTPError as error:
        raise _refused(what, repo, error, errors) from None
    except network as error:
        if isinstance(error.__cause__, errors.OfflineModeIsEnabled):
            raise _offline(what, repo) from None
        raise _unreached(what, repo, error) from None
    except (ValueError, KeyError) as error:
        why = f"{endpoint()} gave an answer that cannot be used ({_masked(error)})"
        raise BackendError(f"{what}: {why}", code="SRC040") from None


def _offline(what: str, repo: str) -> BackendError:
    return BackendError(
        f"{what}: HF_HUB_OFFLINE is set, so the Hub is not asked",
        code="SRC040",
        hint=f"unset HF_HUB_OFFLINE, or {_by_hand(repo)}",
    )


def _by_hand(repo: str) -> str:
    return (
        "fetch it where there is a network and name the folder:\n"
        f"hf download {repo} --repo-type dataset --local-dir FOLDER"
    )


def _refused(what: str, repo: str, error: object, errors: object) -> BackendError:
    """Return why the Hub said no, by the kind of its answer."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    page = f"{endpoint()}/datasets/{repo}"

    def is_a(name: str) -> bool:
        return isinstance(error, getattr(errors, name, ()))

    if is_a("GatedRepoError"):
        why, hint = "the data set is gated, and you have no access to it", f"ask for it at {page}"
        return BackendError(f"{what}: {why}", code="SRC040", hint=f"{hint}, then: {_LOG_IN}")
    if is_a("RevisionNotFoundError"):
        hint = f"see {page}/tree/main for its branches and tags"
        return BackendError(f"{what}: there is no such revision", code="SRC040", hint=hint)
    if is_a("EntryNotFoundError"):
        hint = f"see {page}/tree/main for its files"
        return BackendError(f"{what}: there is no such file", code="SRC040", hint=hint)
    if is_a("RepositoryNotFoundError"):
        why = "there is no such data set, or it is private"
        hint = f"check the name; for a private one: {_LOG_IN}"
        return BackendError(f"{what}: {why}", code="SRC040", hint=hint)
    if status in (401, 403):
        why = f"the Hub refuses the token ({status})"
        return BackendError(f"{what}: {why}", code="SRC040", hint=f"{_LOG_IN}")
    said = f"{endpoint()} answered {status or _masked(error)}"
    later = "try again later" if status is None or status >= 500 or status == 429 else None
    return BackendError(f"{what}: {said}", code="SRC040", hint=later)


def _unreached(what: str, repo: str, error: BaseException) -> BackendError:
    if isinstance(error, OSError) and error.filename is not None:
        why = f"{error.filename}: {error.strerror or error}"
        hint = "HF_HOME names the folder that fetched files go to"
        return BackendError(f"{what}: {why}", code="SRC040", hint=hint)
    why = f"{endpoint()} cannot be reached ({_masked(error.__cause__ or error)})"
    hint = f"check the network and HF_ENDPOINT, or {_by_hand(repo)}"
    return BackendError(f"{what}: {why}", code="SRC040", hint=hint)


def endpoint() -> str:
    """Return the server that is asked, without a password."""
    return _masked(os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")


def _masked(text: object) -> str:
    return printable(_SECRET.sub("***", str(text)), 200)
