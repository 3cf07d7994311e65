"""A dataset folder as one commit of a data set on the Hub: private unless it is said otherwise."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curate.errors import BackendError, OutputError, UsageError, printable
from curate.files.hub import hub_errors, list_files, open_hub
from curate.files.parcel import BESIDE, Parcel

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_BRANCH = "main"


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was done on the Hub.

    Attributes:
        url: Of the data set.
        commit: Of the upload.
        private: Whether only its owner sees it.
        created: Whether it was made by this upload.
        deleted: Files of an earlier upload that are gone.
    """

    url: str
    commit: str
    private: bool
    created: bool
    deleted: tuple[str, ...]


def upload(parcel: Parcel, repo: str, *, public: bool, revision: str | None) -> Pushed:
    """Upload a parcel as one commit; a data set that is not there is made.

    What stands there is replaced only where its card is ours and it holds no strange file: shards
    of an earlier upload would be read along with the new ones, so they are deleted in the commit.

    Args:
        parcel: What leaves.
        repo: `owner/name`.
        public: Make a new data set public; an old one's visibility is never changed.
        revision: The branch, made where it is not there; None is `main`.

    Raises:
        BackendError: If the Hub says no or cannot be reached.
        UsageError: If the data set is public and that was not asked for.
        OutputError: If it holds files that are not ours.
    """
    branch = revision or _BRANCH
    with hub_errors(repo, repo):
        api = open_hub()
        _need_token(repo)
        info = _info(api, repo)
        created = info is None
        if info is None:
            api.create_repo(repo, repo_type="dataset", private=not public)
        elif not info.private and not public:
            raise UsageError(
                f"{repo}: the data set is public, so everyone could read the upload",
                hint="--public says that this is meant; or choose another name",
            )
        if branch != _BRANCH:
            api.create_branch(repo, repo_type="dataset", branch=branch, exist_ok=True)
        head = api.dataset_info(repo, revision=branch)
        old = _replaced(api, repo, str(head.sha), list_files(api, repo, str(head.sha)))
        gone = tuple(sorted(old - {each.path for each in parcel.uploads}))
        commit = _commit(api, repo, branch, parcel, gone, str(head.sha))
        url = f"{api.endpoint}/datasets/{repo}"
    return Pushed(url, commit, bool(head.private), created, gone)


def _need_token(repo: str) -> None:
    from huggingface_hub import get_token

    if get_token() is None:
        hint = "hf auth login    (or set HF_TOKEN), with a token that may write"
        raise BackendError(f"{repo}: no token was found", hint=hint)


def _info(api: HfApi, repo: str) -> Any | None:
    """Return what the Hub knows of a data set, or None where this account sees none."""
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    try:
        return api.dataset_info(repo)
    except GatedRepoError:
        raise
    except RepositoryNotFoundError:
        return None


def _replaced(api: HfApi, repo: str, commit: str, names: list[str]) -> set[str]:
    """Return the data files of ours that stand there; refuse what is not ours."""
    own = {*BESIDE, ".gitattributes"}
    old: set[str] = set()
    if "card.json" in names:
        path = api.hf_hub_download(repo, "card.json", repo_type="dataset", revision=commit)
        old = _listed(Path(path))
    strange = sorted(set(names) - own - old)
    if strange or ("card.json" in names and not old):
        shown = ", ".join(map(printable, strange[:5])) or "card.json"
        raise OutputError(
            f"{repo}: holds files that are not of a dataset folder ({shown}); "
            "nothing is overwritten",
            hint="choose another name, or another branch with --revision",
        )
    return old


def _listed(path: Path) -> set[str]:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        listed = {str(entry["path"]) for entry in card["files"]}
    except (ValueError, KeyError, TypeError):
        return set()
    return listed if "tunesmith_version" in card else set()


def _commit(
    api: HfApi, repo: str, branch: str, parcel: Parcel, gone: tuple[str, ...], parent: str
) -> str:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    card = parcel.card
    done = api.create_commit(
        repo,
        [
            *(CommitOperationAdd(each.path, str(each.file)) for each in parcel.uploads),
            *(CommitOperationDelete(name, is_folder=False) for name in gone),
        ],
        repo_type="dataset",
        revision=branch,
        commit_message=f"{card['rows']:,} rows of kind {card['kind']}",
        parent_commit=parent,
    )
    return str(done.oid)
