"""Who is who: people of exports as clusters of their addresses and names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from curate.errors import UsageError
from curate.people import Person
from curate.redaction.lexicon import folded
from curate.redaction.naming import Name, name_of_address, split_name
from curate.redaction.wording import ROBOTS

_ROBOT = re.compile(rf"(?i)(?:{ROBOTS})(?:[._+-]?\w*)?\Z|.*(?:no|do-?not)[._-]?reply.*\Z")
_ROLE = re.compile(r"[A-Za-z][A-Za-z0-9 _-]{0,29}\Z")
_TAKEN_ROLES = {"your", "name", "email", "phone", "handle"}
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{5,24}\Z")
_SAME_DIGITS = 9


@dataclass(eq=False, slots=True)
class Identity:
    """One person, as far as can be told.

    Attributes:
        key: What tells the person from others, the same in every run: the first address in order,
            else the first name.
        role: `Your` for the person whose messages are learnt, a role that was given, or "".
        handles: Addresses, numbers and user names as they are compared.
        names: The names, each once.
        whole: Names that are matched whole and never in parts.
    """

    key: str
    role: str = ""
    handles: tuple[str, ...] = ()
    names: tuple[Name, ...] = ()
    whole: tuple[str, ...] = ()


@dataclass(slots=True)
class _Cluster:
    order: int
    handles: dict[str, None] = field(default_factory=dict)
    names: dict[Name, None] = field(default_factory=dict)
    whole: dict[str, None] = field(default_factory=dict)
    role: str = ""


def handle_key(handle: str) -> str:
    """Return an address, number or user name as it is compared.

    Of a number of a phone the last nine digits count, so that `+49 151 …` is `0151 …`.
    """
    bare = folded(handle).removeprefix("mailto:").removeprefix("tel:")
    if _PHONE.match(bare):
        digits = re.sub(r"\D", "", bare)
        return f"+{digits[-_SAME_DIGITS:]}" if len(digits) >= 7 else digits
    return bare.removeprefix("@")


def parsed_roles(given: Iterable[str]) -> dict[str, str]:
    """Return role → whom it is, of texts such as `boss=anna@example.com`.

    Raises:
        UsageError: If one is not of this form, names a role twice, or takes a word of ours.
    """
    roles: dict[str, str] = {}
    for text in given:
        role, sign, who = (part.strip() for part in text.partition("="))
        if not sign or not who or not _ROLE.match(role) or role.lower() in _TAKEN_ROLES:
            raise UsageError(
                "a role is not a word, a = and an address or a name",
                hint="--role boss=anna@example.com",
            )
        if role in roles and roles[role] != who:
            raise UsageError(f"the role {role} is given twice")
        roles[role] = who
    return roles


def identities(
    people: Sequence[Person], roles: dict[str, str], names: Sequence[str] = ()
) -> tuple[Identity, ...]:
    """Return the people behind what exports show, in the order in which they were met.

    Two entries are one person where they share an address, or a given and a family name; a given
    name alone joins nobody. All that is said to be me is one person. Two people of the same full
    name are taken for one.

    Args:
        people: Whom the exports name.
        roles: Role → an address or a name.
        names: Further names to look for; one that is a part of a name that is known is no further
            person.
    """
    groups = _Groups()
    for person in people:
        groups.add(person)
    borne = groups.borne()
    for name in names:
        if folded(name) not in borne:
            groups.add(_as_person(name))
    for role, who in roles.items():
        groups.assign(role, _as_person(who))
    return tuple(map(_identity, groups.clusters()))


def _as_person(text: str) -> Person:
    is_handle = "@" in text or _PHONE.match(text.strip()) is not None
    return Person(text, "") if is_handle else Person("", text)


class _Groups:
    """Entries joined by what they share (union by smaller order)."""

    def __init__(self) -> None:
        self._made: list[_Cluster] = []
        self._at: dict[str, _Cluster] = {}

    def add(self, person: Person) -> _Cluster:
        cluster = _Cluster(len(self._made))
        self._made.append(cluster)
        handle = handle_key(person.handle) if person.handle else ""
        if handle:
            cluster.handles[handle] = None
        name = None if not person.is_me and _is_robot(handle) else split_name(person.name)
        if name is None and "@" in handle and not person.name:
            name = name_of_address(handle.partition("@")[0])
        if name is not None:
            cluster.names[name] = None
        elif person.name.strip() and not _is_robot(handle) and "@" not in person.name:
            if _PHONE.match(person.name.strip()):
                cluster.handles[handle_key(person.name)] = None
            else:
                cluster.whole[folded(person.name)] = None
        if person.is_me:
            cluster.role = "Your"
        keys = [f"@{each}" for each in cluster.handles]
        if name is not None and (name.is_full or not handle):
            keys.append(f"={name.key}")
        if cluster.whole and not handle:
            keys += [f"={each}" for each in cluster.whole]
        if person.is_me:
            keys.append("me")
        return self._join(cluster, keys)

    def assign(self, role: str, who: Person) -> None:
        cluster = self._find(self.add(who))
        if not cluster.role:
            cluster.role = role

    def borne(self) -> set[str]:
        """Return the given and family names of all, as they are compared."""
        names = [name for each in self._made for name in each.names]
        return {folded(part) for name in names for part in (name.given, name.family) if part}

    def clusters(self) -> list[_Cluster]:
        """Return those that are left, in the order in which they were met."""
        left = {id(each): each for each in map(self._find, self._made)}
        return sorted(left.values(), key=lambda each: each.order)

    def _join(self, cluster: _Cluster, keys: list[str]) -> _Cluster:
        for key in keys:
            other = self._at.get(key)
            if other is not None:
                cluster = self._merged(self._find(other), cluster)
        for key in keys:
            self._at[key] = cluster
        return cluster

    def _find(self, cluster: _Cluster) -> _Cluster:
        while cluster.order < 0:
            cluster = self._made[-cluster.order - 1]
        return cluster

    def _merged(self, one: _Cluster, two: _Cluster) -> _Cluster:
        if one is two:
            return one
        first, second = (one, two) if one.order <= two.order else (two, one)
        first.handles |= second.handles
        first.names |= second.names
        first.whole |= second.whole
        first.role = "Your" if "Your" in (first.role, second.role) else first.role or second.role
        second.order = -first.order - 1
        return first


def _is_robot(handle: str) -> bool:
    return "@" in handle and _ROBOT.match(handle.partition("@")[0]) is not None


def _identity(cluster: _Cluster) -> Identity:
    handles = tuple(cluster.handles)
    names = tuple(cluster.names)
    key = min(handles, default="") or min((name.key for name in names), default="")
    key = key or min(cluster.whole, default="")
    return Identity(key, cluster.role, handles, names, tuple(cluster.whole))
