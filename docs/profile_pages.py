"""The page about profiles: what each consumer makes of data, and where that was read."""

from __future__ import annotations

from collections.abc import Sequence

from page_parts import page, table

from curate.checks.profiles import PROFILES, Effect, Profile, consumer_names, consumer_profile
from curate.checks.profiles.reading import shared_effects, shared_names

_EFFECTS = [
    ["rejected", "the run ends, or the file is refused", "error"],
    ["dropped", "the row is left out, and the run goes on", "error"],
    ["changed", "the row is read otherwise than it is meant", "error"],
    ["trains-other", "read as it is meant; other text is trained than the data says", "warning"],
    ["kept", "read and trained as it is meant; with a severity beside it people are told", "off"],
]


def profiles() -> str:
    consumers = [consumer_profile(name) for name in consumer_names()]
    rows = [
        [f"[{each.name}](#{each.name})", each.version or "-", each.dated, each.title]
        for each in consumers
    ]
    return page(
        "Profiles",
        "`curate validate --for NAME` checks data by a profile; several names, joined by commas or "
        "by repeating the option, give the rules of all at the worst severity. Sets of rules say "
        "what is wrong with data. The profile of a consumer says what one trainer or service makes "
        "of each row, and names where that was read: the rules that run are those that matter to "
        "it. `curate profiles` lists them, `curate profiles NAME` shows one.",
        table(["effect", "means", "severity"], _EFFECTS),
        "What is trained is counted in characters: of all that the rows hold, how much the "
        "consumer trains, and how much the data asks for (answers without a weight of 0). With "
        "`--tokenizer` it is counted in tokens, and what is lost of rows that are longer than "
        "`--max-length`, or than the consumer's own length, is counted too.",
        "## Sets of rules",
        table(["name", "what it is for"], [[f"`{each.name}`", each.title] for each in PROFILES]),
        "## Consumers",
        table(["name", "version", "read", "what it is"], rows),
        *(_profile(each) for each in consumers),
        "## The datasets library",
        "Most trainers open their files with `datasets`, and what it does to a file they never "
        "see. LLaMA-Factory requires 4.0.0; the others use 4.8 or later.",
        *(_shared(name) for name in shared_names()),
    )


def _shared(name: str) -> str:
    version = name.partition("-")[2]
    title = f"datasets {version}" if version else "datasets, every version"
    return f"### {title}\n\n{_table(shared_effects(name))}"


def _profile(profile: Profile) -> str:
    parts = [
        f"### {profile.name}",
        f"{profile.title}{f', version {profile.version}' if profile.version else ''}. Read "
        f"{profile.dated} in: {profile.source}.",
        f"Reads: {', '.join(f'`{name}`' for name in profile.reads)}.",
        "Trains: " + "; ".join(_trained(profile)) + ".",
    ]
    if (length := profile.length) is not None:
        beyond = f" ({length.tokens:,} tokens unless set otherwise)" if length.tokens else ""
        parts.append(f"Rows that are too long{beyond}: {length.says} ({length.source}).")
    if profile.limits:
        said = [f"{name.replace('_', ' ')} {_limit(value)}" for name, value in _sorted(profile)]
        parts.append(f"Limits: {', '.join(said)} ({profile.limits_source}).")
    shared = {effect for name in shared_names() for effect in shared_effects(name)}
    own = [effect for effect in profile.effects if effect not in shared]
    parts.append(_table(own))
    if len(own) < len(profile.effects):
        parts.append("And what [datasets](#the-datasets-library) does to its files.")
    return "\n\n".join(parts)


def _table(effects: Sequence[Effect]) -> str:
    rows = [_effect(effect) for effect in effects]
    return table(["effect", "found", "what happens", "source"], rows)


def _trained(profile: Profile) -> list[str]:
    return [
        each.says + (f" ({', '.join(f'`{name}`' for name in each.only)})" if each.only else "")
        for each in profile.trains
    ]


def _sorted(profile: Profile) -> list[tuple[str, object]]:
    return sorted(profile.limits.items())


def _limit(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else ", ".join(map(str, value))  # type: ignore[call-overload]


def _effect(effect: Effect) -> list[str]:
    codes = " ".join(f"[{code}](rules.md#{_anchor(code)})" for code in effect.codes)
    pointers = [f"`{pointer}`" for pointer in effect.at if pointer]
    found = codes or "every row"
    if effect.only:
        found += f" in {', '.join(f'`{name}`' for name in effect.only)}"
    if pointers:
        found += f" at {', '.join(pointers)}"
    severity = f" ({effect.severity})" if effect.severity else ""
    return [effect.effect + severity, found, effect.says, effect.source]


def _anchor(code: str) -> str:
    from curate.checks import RULE_CODES
    from curate.codes import BY_CODE

    about = BY_CODE.get(code) or RULE_CODES[code]
    return f"{code.lower()}-{about.slug}"
