"""`curate push`: a dataset folder to the Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from curate import console
from curate.cli.options import json_option
from curate.errors import printable

if TYPE_CHECKING:
    from curate.build.publish import Sending
    from curate.files.parcel import Parcel


@click.command()
@click.argument("folder")
@click.argument("repo", metavar="OWNER/NAME")
@click.option("--public", is_flag=True, help="Everyone may read it (default: only you).")
@click.option("--revision", metavar="BRANCH", help="The branch (default: main); made if missing.")
@click.option(
    "--dry-run", is_flag=True, help="Check and list what would leave; ask the Hub nothing."
)
@json_option
def push(
    folder: str, repo: str, public: bool, revision: str | None, dry_run: bool, as_json: bool
) -> int:
    """Upload a dataset folder to the Hugging Face Hub, private unless --public is typed.

    Only README.md, card.json and the data files whose hashes the card vouches for leave; removed
    records stay here. A folder in which personal data or secrets were found is refused. What stands
    under the name is replaced only where it is a dataset folder too.

    \b
    curate push data/dolly me/dolly --dry-run
    curate push data/dolly me/dolly
    """  # noqa: D301 - click reads the backspace
    from curate.build.publish import push as run_push

    sending = run_push(
        folder, repo, public=public, revision=revision, dry_run=dry_run, on_ready=_list
    )
    _tell(sending, public)
    if as_json:
        console.out_json(sending.to_dict())
    return 0


def _list(parcel: Parcel) -> None:
    for each in parcel.uploads:
        console.say(f"{each.bytes:>14,}  {each.path}")
    total = sum(each.bytes for each in parcel.uploads)
    console.say(f"{total:>14,}  bytes in {len(parcel.uploads)} files")
    if parcel.left_out:
        names = ", ".join(map(printable, parcel.left_out[:5]))
        more = f" and {len(parcel.left_out) - 5:,} more" if len(parcel.left_out) > 5 else ""
        console.say(f"left here: {names}{more}")


def _tell(sending: Sending, public: bool) -> None:
    done = sending.pushed
    if done is None:
        console.say(f"nothing was uploaded to {sending.repo} (--dry-run)")
        return
    if done.deleted:
        console.say(f"deleted there: {', '.join(map(printable, done.deleted))}")
    if public and done.private:
        console.say("the data set was private and stays so; change that on its page")
    seen = "private" if done.private else "public"
    console.say(f"pushed to {done.url} ({seen}), commit {done.commit}")
