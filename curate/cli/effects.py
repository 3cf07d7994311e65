"""What consumers make of data, for people; `curate profiles`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from curate import console
from curate.cli.options import json_option
from curate.errors import printable

if TYPE_CHECKING:
    from curate.build.lint.consumed import Consumed
    from curate.build.lint.token_counts import TokenCounts
    from curate.build.reports import Report
    from curate.checks import Profile
    from curate.checks.profiles import Effect, EffectName, Length, Trained

_WORDS: dict[EffectName, str] = {
    "kept": "kept",
    "trains-other": "trained otherwise",
    "changed": "changed",
    "dropped": "dropped",
    "rejected": "rejected",
}
_STYLES = {
    "kept": "info",
    "trains-other": "warning",
    "changed": "error",
    "dropped": "error",
    "rejected": "error",
}


def show_effects(report: Report) -> None:
    """Print on stderr what each consumer in force makes of the rows."""
    for each in report.profiles:
        for line in effect_lines(each):
            console.say(line)


def effect_lines(consumed: Consumed) -> list[str]:
    """Return what one consumer makes of the rows: a head, a line a code, and what is trained."""
    from curate.build.lint.consumed import share

    counts = consumed.counts
    parts = [f"{_WORDS[name]} {n:,}" for name in _WORDS if (n := counts.rows[name])]
    parts += [f"not read {counts.unread:,}"] if counts.unread else []
    total = counts.rows.total() + counts.unread
    name = f"{consumed.profile.name} {consumed.profile.version}".rstrip()
    head = f"{name}: {total:,} {'row' if total == 1 else 'rows'}, {', '.join(parts) or 'none read'}"
    lines = [console.styled(head, "bold", sys.stderr)]
    ranked = sorted(consumed.because.items(), key=lambda item: (-item[1].rows, item[0]))
    for effect in reversed(_WORDS):
        for code, each in ranked:
            if each.effect == effect:
                word = console.styled(f"{_WORDS[effect]:17}", _STYLES[effect], sys.stderr)
                lines.append(f"  {word} {code} ×{each.rows:,}  {each.says}")
    if counts.tokens is not None:
        return [*lines, *_token_lines(consumed, counts.tokens)]
    if counts.total:
        text = f"  trains {share(counts.trained, counts.total)} of the text"
        if counts.trained != counts.meant:
            text += f", the data asks for {share(counts.meant, counts.total)}"
        lines.append(f"{text} ({consumed.trains})" if consumed.trains else text)
    return lines


def _token_lines(consumed: Consumed, counts: TokenCounts) -> Iterator[str]:
    """Yield the tokens that are trained, and what becomes of rows that are too long."""
    from curate.build.lint.consumed import share

    if counts.total:
        text = (
            f"  trains {share(counts.trained, counts.total)} of the tokens "
            f"({counts.trained:,} of {counts.total:,})"
        )
        if counts.trained != counts.meant:
            text += f", the data asks for {share(counts.meant, counts.total)} ({counts.meant:,})"
        yield f"{text}: {consumed.trains}" if consumed.trains else text
    if counts.untold:
        yield f"  which tokens cannot be told of {_rows(counts.untold)}, counted as untrained"
    if consumed.length is None or not counts.over:
        return
    own = ", its own" if consumed.max_length is None else ""
    text = f"  over max_length {consumed.length:,}{own}: {_rows(counts.over)}"
    if (length := consumed.profile.length) is not None:
        text += f", {counts.lost:,} trained tokens lost"
        if counts.emptied:
            text += f", nothing trained left of {_rows(counts.emptied)}"
        text += f": {length.says}"
    yield text


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


@click.command()
@click.argument("name", required=False)
@json_option
def profiles(name: str | None, as_json: bool) -> None:
    """List the profiles of `--for`, or say what the one called NAME knows of its consumer.

    \b
    curate profiles
    curate profiles llama-factory
    """  # noqa: D301 - click reads the backspace
    from curate.checks import PROFILES, profile_named
    from curate.checks.profiles import consumer_names

    if name is not None:
        _show(profile_named(name), as_json)
        return
    found = [*PROFILES, *(profile_named(each) for each in consumer_names())]
    if as_json:
        listed = [_facts(profile) for profile in found]
        console.out_json({"schema_version": 1, "command": "profiles", "profiles": listed})
        return
    for profile in found:
        version = profile.version or "-"
        console.out(f"{profile.name:18} {version:10} {profile.dated}  {profile.title}")


def _show(profile: Profile, as_json: bool) -> None:
    if as_json:
        document = {"schema_version": 1, "command": "profiles"} | _facts(profile)
        console.out_json(document | {"effects": [_effect(each) for each in profile.effects]})
        return
    console.out(f"{profile.name} {profile.version}".rstrip() + f": {profile.title}")
    console.out(f"read {profile.dated} in {profile.source}")
    if not profile.is_consumer:
        return
    console.out(f"reads {', '.join(profile.reads)}")
    for trained in profile.trains:
        where = f" ({', '.join(trained.only)})" if trained.only else ""
        console.out(f"trains {trained.says}{where}")
    if (length := profile.length) is not None:
        own = f" beyond {length.tokens:,} tokens unless set otherwise" if length.tokens else ""
        console.out(f"too long{own}: {length.says} [{length.source}]")
    for limit, value in profile.limits.items():
        shown = f"{value:,}" if isinstance(value, int) else ", ".join(value)
        console.out(f"limit {limit.replace('_', ' ')}: {shown}")
    if profile.limits:
        console.out(f"limits read in {profile.limits_source}")
    for each in profile.effects:
        codes = " ".join(each.codes) or "every row"
        where = f" ({', '.join(each.only)})" if each.only else ""
        pointers = [pointer for pointer in each.at if pointer]
        where += f" at {', '.join(pointers)}" if pointers else ""
        console.out(f"{each.effect:13} {codes}{where}: {each.says} [{each.source}]")


def _facts(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "title": printable(profile.title, 200),
        "version": profile.version,
        "dated": profile.dated,
        "source": profile.source,
        "kinds": list(profile.kinds),
        "reads": list(profile.reads),
        "writes": profile.writes,
        "trains": [_trains(each) for each in profile.trains],
        "length": _length(profile.length) if profile.length is not None else None,
        "limits": dict(profile.limits),
        "limits_source": profile.limits_source,
    }


def _trains(trained: Trained) -> dict[str, Any]:
    return {"on": trained.on, "says": trained.says, "only": list(trained.only)}


def _length(length: Length) -> dict[str, Any]:
    return {
        "tokens": length.tokens,
        "too_long": length.too_long,
        "says": length.says,
        "source": length.source,
    }


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "codes": list(effect.codes),
        "effect": effect.effect,
        "severity": effect.level,
        "says": effect.says,
        "source": effect.source,
        "only": list(effect.only),
        "at": [pointer for pointer in effect.at if pointer],
    }
