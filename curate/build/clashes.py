"""Options that contradict each other, which are refused before anything is read."""

from __future__ import annotations

from curate.build.outputs import FILE_ENDINGS, Container
from curate.build.remake import target_kind
from curate.build.settings import Settings
from curate.errors import UsageError


def refuse_clashes(settings: Settings, ending: str, container: Container) -> None:
    """Refuse options of which one would be without effect.

    Args:
        settings: With the format that is written.
        ending: The ending of the output's name.
        container: Of a folder's files.

    Raises:
        UsageError: If there are such options.
    """
    held = settings.as_kind or target_kind(settings)
    if settings.template is not None and held != "text":
        raise UsageError(
            f"--template {settings.template}: it makes text of chats, and no text is asked for",
            hint="--to text for a file, --as text for a folder of rows, or leave it out",
        )
    if settings.pair is not None:
        _refuse_for_pairs(settings.pair, held, settings.kind)
    file = FILE_ENDINGS.get(ending)
    if file is not None and container not in ("arrow", file):
        raise UsageError(
            f"--container {container}: it is for the files of a folder; -o ends in {ending}",
            hint=f"-o FILE.{container}, or a folder's name",
        )


def _refuse_for_pairs(rule: str, held: str | None, only: str | None) -> None:
    if held not in (None, "preference"):
        raise UsageError(
            f"--pair {rule}: it makes pairs, and the output holds {held}",
            hint="--to trl-preference or another format of pairs, or leave it out",
        )
    if only not in (None, "unpaired"):
        raise UsageError(
            f"--pair {rule}: it reads judged answers, and --kind keeps {only}",
            hint="leave out one of them",
        )
