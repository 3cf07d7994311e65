"""What was asked in words, as settings: where flags and recipe keys are understood."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from email.utils import getaddresses
from pathlib import Path
from typing import Any

from curate.build.inputs import containers
from curate.build.mend import MENDS
from curate.build.settings import Settings
from curate.checks import profiles_named
from curate.checks.suppression import per_file_of
from curate.codes import CODES
from curate.errors import UsageError, printable
from curate.files.limits import DEFAULT_LIMITS
from curate.formats import ALIASES, BY_NAME, FORMATS, meant, readers
from curate.repairs import BY_NAME as REPAIRS
from curate.schema import load
from curate.sources.base import Reading

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


def settings_of(options: Mapping[str, Any]) -> Settings:
    """Return the settings that options mean; a missing one has its default.

    Args:
        options: `source_format`, `kind`, `per_row`, `mapping`, `prompt`, `completion`, `labels`,
            `margin`, `me`, `mail`, `gap_minutes`, `merge_minutes`, `table`, `query`, `no_redact`,
            `repairs`, `as_kind`, `reasoning`, `pair`, `template`, `reverse`,
            `profiles`, `select`, `extend_select`, `ignore`, `extend_ignore`, `per_file_ignores`,
            `allow_loss`, `fix`, `diff`, `media_root`, `user_schema`, `limits`, as the commands
            and recipes name them.

    Raises:
        UsageError: If an option's value cannot be understood.
    """
    source_format, container = _source(options.get("source_format") or "auto")
    prompt, completion = _template(options.get("prompt")), _template(options.get("completion"))
    if (prompt is None) != (completion is None):
        raise UsageError("--prompt and --completion go together")
    if prompt is not None and source_format not in (None, "trl-prompt-completion"):
        raise UsageError(
            f"--from {source_format} and --prompt exclude each other",
            hint="leave --from out: the templates say what the columns are",
        )
    return Settings(
        source_format="trl-prompt-completion" if prompt is not None else source_format,
        container=container,
        kind=options.get("kind"),
        per_row=bool(options.get("per_row")),
        mapping=_mapping(options.get("mapping", ())),
        prompt=prompt,
        completion=completion,
        labels=_labels(options.get("labels", ())),
        margin=options.get("margin"),
        reading=_reading(options),
        redact=not options.get("no_redact"),
        repairs=_repairs(options.get("repairs", ())),
        as_kind=options.get("as_kind"),
        reasoning=options.get("reasoning"),
        pair=options.get("pair"),
        template=options.get("template"),
        reverse=bool(options.get("reverse")),
        profiles=_profiles(options.get("profiles", ("default",))),
        select=tuple(options.get("select", ())),
        ignore=(*options.get("ignore", ()), *options.get("extend_ignore", ())),
        extend_select=tuple(options.get("extend_select", ())),
        per_file_ignores=per_file_of(options.get("per_file_ignores", ())),
        patterns_may_miss=bool(options.get("patterns_may_miss")),
        allow_loss=_losses(options.get("allow_loss", ())),
        fix=options.get("fix", "none"),
        diff=bool(options.get("diff")),
        media_root=_folder(options.get("media_root")),
        user_schema=options.get("user_schema"),
        tokenizer=options.get("tokenizer"),
        chat_template=options.get("chat_template"),
        max_length=options.get("max_length"),
        limits=DEFAULT_LIMITS.changed(tuple(options.get("limits", ()))),
    )


def _folder(name: str | None) -> str | None:
    if name is not None and not Path(name).is_dir():
        raise UsageError(f"--media-root {name}: no such folder")
    return name


def _profiles(entries: Sequence[str]) -> tuple[str, ...]:
    return tuple(profile.name for profile in profiles_named(entries))


def _source(name: str) -> tuple[str | None, str | None]:
    if name == "auto":
        return None, None
    if name in containers():
        return None, name
    known = ALIASES.get(name, name)
    if known not in BY_NAME or BY_NAME[known].decode is None:
        raise UsageError(f"--from {name}: no such format to read", hint=_near_source(name))
    return known, None


def _near_source(name: str) -> str:
    near = difflib.get_close_matches(name, containers(), n=1)
    return f"did you mean {near[0]}?" if near else meant(name, readers())


def _reading(options: Mapping[str, Any]) -> Reading:
    """Return how exports are read."""
    given = {
        name: options[name]
        for name in ("mail", "gap_minutes", "merge_minutes", "table", "query")
        if options.get(name) is not None
    }
    if "table" in given and "query" in given:
        raise UsageError("--table and --query exclude each other", hint="the query names its table")
    return Reading(me=_me(options.get("me", ())), **given)


def _template(text: str | None) -> str | None:
    if text is None or not text.startswith("@"):
        return text
    path = Path(text[1:])
    if not path.is_file():
        raise UsageError(f"{text}: no such file")
    return path.read_text(encoding="utf-8")


def _mapping(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    pairs = tuple(_pair(text, "--map FIELD=COLUMN") for text in texts)
    if not pairs:
        return ()
    fields = {"id"}.union(*(load(form.schema).get("properties", {}) for form in FORMATS))
    for field, column in pairs:
        if field not in fields:
            near = difflib.get_close_matches(field, sorted(fields), n=1)
            meant = f"did you mean {near[0]}={column}?" if near else "see docs/formats.md"
            raise UsageError(f"--map {field}={column}: no format has a field {field}", hint=meant)
    for side, what in ((0, "field"), (1, "column")):
        names = [pair[side] for pair in pairs]
        doubled = [name for name in names if names.count(name) > 1]
        if doubled:
            raise UsageError(f"--map names the {what} {doubled[0]} twice")
    return pairs


def _pair(text: str, usage: str) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not (left and sign and right):
        raise UsageError(f"{text!r}: expected {usage}")
    return left, right


def _me(texts: Sequence[str]) -> tuple[str, ...]:
    """Return whom `--me` names: addresses in lower case, names and numbers of chats as they are.

    A text may hold several addresses, as a field of a mail does; a name may hold a comma.
    """
    found: list[str] = []
    for text in texts:
        if not (name := text.strip()):
            raise UsageError("--me names nobody", hint="--me dana@example.com, --me 'Dana Berg'")
        addresses = [address for _, address in getaddresses([name])]
        is_mail = addresses and all(map(_ADDRESS.fullmatch, addresses))
        found += map(str.lower, addresses) if is_mail else [name]
    return tuple(dict.fromkeys(found))


def _labels(texts: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    pairs = [_pair(part, "--label-map TEXT=true|false") for t in texts for part in t.split(",")]
    for _, value in pairs:
        if value not in ("true", "false"):
            raise UsageError(
                f"--label-map: {printable(value)} is neither true nor false",
                hint="--label-map good=true,bad=false",
            )
    return tuple((text, value == "true") for text, value in pairs)


def _repairs(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple(_repair(part) for text in texts for part in _parted(text))


def _parted(text: str) -> list[str]:
    """Return the names of a list; an argument may hold a comma."""
    return [text] if "=" in text else text.split(",")


def _repair(text: str) -> tuple[str, str]:
    name, given, argument = text.partition("=")
    name = name.strip(" ")
    names = [*REPAIRS, *(mend.name for mend in MENDS)]
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        known = f"did you mean {near[0]}?" if near else f"one of {', '.join(names)}"
        raise UsageError(f"--repair {printable(name)}: no such repair", hint=known)
    default = REPAIRS[name].argument if name in REPAIRS else None
    if given and default is None:
        raise UsageError(f"--repair {name}: it takes no argument")
    return name, argument.replace("\\n", "\n") if given else default or ""


def _losses(texts: tuple[str, ...]) -> frozenset[str]:
    losses = [code for code in CODES if code.family == "LOS"]
    names = {code.slug: code.code for code in losses} | {code.code: code.code for code in losses}
    wanted = [part.strip() for text in texts for part in text.split(",")]
    for name in wanted:
        if name not in names:
            raise UsageError(f"--allow-loss {name}: no such loss", hint="see `curate rules`")
    return frozenset(names[name] for name in wanted)
