"""Reading the consumers' profiles: one strict YAML file each, read when it is named."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, get_args

from curate.checks.profiles.base import (
    Effect,
    EffectName,
    Length,
    Profile,
    TooLong,
    Trained,
    TrainedOn,
)
from curate.errors import UsageError

_FOLDER = Path(__file__).parent
_ABOUT = {"name", "title", "version", "dated", "source"}
_KEYS = _ABOUT | {"kinds", "reads", "writes", "trains", "length", "limits"}
_KEYS |= {"limits_source", "includes", "effects"}
_EFFECT_KEYS = {"codes", "effect", "says", "source", "only", "at", "whole", "severity"}
_LENGTH_KEYS = {"tokens", "too_long", "says", "source", "splits"}
_TRAINED_KEYS = {"on", "weights", "says", "only", "with_tools"}


@cache
def consumer_names() -> tuple[str, ...]:
    """Return the names of the consumers' profiles, in order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("[a-z]*.yaml")))


def shared_names() -> tuple[str, ...]:
    """Return the names of the files that profiles include, in order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("_*.yaml")))


def shared_effects(name: str) -> tuple[Effect, ...]:
    """Return the effects of a file that profiles include."""
    return tuple(_effects(_said(name), f"{name}.yaml"))


def _said(name: str) -> dict[str, Any]:
    """Return what a file says."""
    from curate.strict_yaml import parse  # the parser is imported where a consumer is named

    path = _FOLDER / f"{name}.yaml"
    said: dict[str, Any] = parse(path, name=path.name).plain()
    return said


@cache
def consumer_profile(name: str) -> Profile:
    """Return the profile of a consumer.

    Args:
        name: One of `consumer_names`.

    Raises:
        UsageError: If its file is no profile.
    """
    said, file = _said(name), f"{name}.yaml"
    _only(said, _KEYS, file)
    trains = said["trains"]
    return Profile(
        name=said["name"],
        title=said["title"],
        dated=said["dated"],
        source=said["source"],
        version=said.get("version", ""),
        kinds=tuple(said["kinds"]),
        reads=tuple(said["reads"]),
        writes=said.get("writes", ""),
        trains=tuple(
            _trained(each, file) for each in (trains if isinstance(trains, list) else [trains])
        ),
        length=_length(said["length"], file) if "length" in said else None,
        limits=said.get("limits") or {},
        limits_source=said.get("limits_source", ""),
        effects=tuple(_effects(said, file)),
    )


def _effects(said: dict[str, Any], file: str) -> list[Effect]:
    """Return the effects of a file, then those of the files that it includes."""
    found = [_effect(each, file) for each in said.get("effects") or ()]
    for other in said.get("includes") or ():
        found += shared_effects(other)
    return found


def _effect(said: dict[str, Any], file: str) -> Effect:
    _only(said, _EFFECT_KEYS, file)
    _known(said["effect"], get_args(EffectName), file)
    lists: dict[str, Any] = {
        key: tuple(said[key]) for key in ("codes", "only", "at") if key in said
    }
    return Effect(**{"codes": (), **said, **lists})


def _length(said: dict[str, Any], file: str) -> Length:
    _only(said, _LENGTH_KEYS, file)
    _known(said["too_long"], get_args(TooLong), file)
    return Length(**said | {"splits": tuple(said.get("splits") or ())})


def _trained(said: dict[str, Any], file: str) -> Trained:
    _only(said, _TRAINED_KEYS, file)
    _known(said["on"], get_args(TrainedOn), file)
    weights = said["weights"]
    if not isinstance(weights, list):
        _known(weights, ("read", "ignored"), file)
    reads = tuple(weights) if isinstance(weights, list) else weights == "read"
    with_tools = said.get("with_tools")
    _known(with_tools, (None, *get_args(TrainedOn)), file)
    return Trained(said["on"], reads, said["says"], tuple(said.get("only") or ()), with_tools)


def _only(said: dict[str, Any], keys: set[str], file: str) -> None:
    if unknown := said.keys() - keys:
        raise UsageError(f"{file}: unknown key `{min(unknown)}`")


def _known(value: object, choices: tuple[str | None, ...], file: str) -> None:
    if value not in choices:
        raise UsageError(f"{file}: {value!r} is none of {', '.join(filter(None, choices))}")
