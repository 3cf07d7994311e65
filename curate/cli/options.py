"""Options that several commands share, and the settings they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from curate.errors import UsageError

if TYPE_CHECKING:
    from curate.build.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])
KINDS = ("sft", "preference", "unpaired", "prompt_only", "text")
_CONTAINERS = ("jsonl", "json", "csv", "lines", "mbox", "parquet", "arrow")

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def _apply(options: list[Callable[[F], F]]) -> Callable[[F], F]:
    def wrap(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return wrap


read_options = _apply(
    [
        click.argument("inputs", metavar="IN...", nargs=-1, required=True),
        click.option(
            "--from",
            "source_format",
            metavar="FORMAT",
            default="auto",
            help="Read every row as this format, or every file as this container.",
        ),
        click.option("--kind", type=click.Choice(KINDS), help="Keep rows of this kind only."),
        click.option(
            "--map",
            "mapping",
            multiple=True,
            metavar="FIELD=COLUMN",
            help="Read COLUMN as FIELD.",
        ),
        click.option("--prompt", metavar="T", help="Template of the prompt: 'Describe {features}'."),
        click.option("--completion", metavar="T", help="Template of the completion; @FILE reads it."),
        click.option(
            "--label-map",
            "labels",
            multiple=True,
            metavar="TEXT=BOOL",
            help="Read a label: good=true,bad=false.",
        ),
        click.option("--me", multiple=True, metavar="ADDRESS", help="Keep mail from this address."),
        click.option("--per-row", is_flag=True, help="Rows of several formats are meant."),
        click.option("--limit", "limits", multiple=True, metavar="NAME=N", help="Change a limit."),
    ]
)

convert_options = _apply(
    [
        click.option("-o", "--out", required=True, metavar="OUT", help="A folder, or one file."),
        click.option("--to", metavar="FORMAT", help="What to write (default: row for a folder)."),
        click.option(
            "--container",
            type=click.Choice(["arrow", "parquet", "jsonl"]),
            default="arrow",
            show_default=True,
            help="The files of a folder.",
        ),
        click.option("--reverse", is_flag=True, help="Ask the response for its instruction."),
        click.option(
            "--on-error",
            type=click.Choice(["quarantine", "fail"]),
            default="quarantine",
            show_default=True,
            help="What a record with an error does.",
        ),
        click.option("--allow-loss", multiple=True, metavar="CODES", help="Accept LOS codes."),
        click.option("--fail-on-loss", is_flag=True, help="End with 1 on any loss."),
        click.option("--schema", "user_schema", metavar="FILE", help="Also check a JSON Schema."),
        click.option("--jobs", default=1, show_default=True, help="Number of processes."),
    ]
)


def settings_of(options: Mapping[str, Any]) -> Settings:
    """Return the settings that a command's options mean.

    Raises:
        UsageError: If an option's value cannot be understood.
    """
    from curate.build.settings import Settings
    from curate.files.limits import DEFAULT_LIMITS

    source_format, container = _source(options.get("source_format") or "auto")
    prompt, completion = _template(options.get("prompt")), _template(options.get("completion"))
    if (prompt is None) != (completion is None):
        raise UsageError("--prompt and --completion go together")
    return Settings(
        source_format="trl-prompt-completion" if prompt is not None else source_format,
        container=container,  # type: ignore[arg-type]
        kind=options.get("kind"),
        per_row=bool(options.get("per_row")),
        mapping=tuple(_pair(text, "--map FIELD=COLUMN") for text in options.get("mapping", ())),
        prompt=prompt,
        completion=completion,
        labels=_labels(options.get("labels", ())),
        me=tuple(options.get("me", ())),
        reverse=bool(options.get("reverse")),
        profile=options.get("profile", "default"),
        select=tuple(options.get("select", ())),
        ignore=tuple(options.get("ignore", ())),
        allow_loss=_losses(options.get("allow_loss", ())),
        fix=options.get("fix", "none"),
        user_schema=options.get("user_schema"),
        limits=DEFAULT_LIMITS.changed(tuple(options.get("limits", ()))),
    )


def _source(name: str) -> tuple[str | None, str | None]:
    from curate.formats import ALIASES, BY_NAME

    if name == "auto":
        return None, None
    if name in _CONTAINERS:
        return None, name
    known = ALIASES.get(name, name)
    if known not in BY_NAME or BY_NAME[known].decode is None:
        raise UsageError(f"--from {name}: no such format to read", hint="see `curate formats`")
    return known, None


def _template(text: str | None) -> str | None:
    if text is None or not text.startswith("@"):
        return text
    path = Path(text[1:])
    if not path.is_file():
        raise UsageError(f"{text}: no such file")
    return path.read_text(encoding="utf-8")


def _pair(text: str, usage: str) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not (left and sign and right):
        raise UsageError(f"{text!r}: expected {usage}")
    return left, right


def _labels(texts: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    pairs = [_pair(part, "--label-map TEXT=true|false") for t in texts for part in t.split(",")]
    for _, value in pairs:
        if value not in ("true", "false"):
            raise UsageError(f"--label-map: {value!r} is neither true nor false")
    return tuple((text, value == "true") for text, value in pairs)


def _losses(texts: tuple[str, ...]) -> frozenset[str]:
    from curate.codes.losses import LOSSES

    names = {code.slug: code.code for code in LOSSES} | {code.code: code.code for code in LOSSES}
    wanted = [part.strip() for text in texts for part in text.split(",")]
    for name in wanted:
        if name not in names:
            raise UsageError(f"--allow-loss {name}: no such loss", hint="see `curate rules`")
    return frozenset(names[name] for name in wanted)
