"""The people and the channels of a Slack workspace, from the lists in its export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from curate.errors import InputError
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.tree import Tree
from curate.finding import Hit
from curate.people import Person
from curate.sources.chat.me import Me
from curate.sources.chat.objects import objects, text_in

_CHANNEL_LISTS = ("channels.json", "groups.json", "dms.json", "mpims.json")
# Not in `users.json`.
_SLACKBOT = "USLACKBOT"
_DAMAGED = Hit("SRC077", "", "a list of people or channels is damaged: their names are missing")


@dataclass(slots=True)
class Workspace:
    """Who and what is in a workspace.

    Attributes:
        names: Names by user id.
        people: Everybody, with the names and addresses of their profiles.
        mine: The ids of the person whose messages are learnt.
        channels: Names of channels by the folder that they are in.
        damage: What cannot be read of the lists, as `(list, line, offset, hit)`.
    """

    names: dict[str, str] = field(default_factory=lambda: {_SLACKBOT: "Slackbot"})
    people: list[Person] = field(default_factory=list)
    mine: tuple[str, ...] = ()
    channels: dict[str, str] = field(default_factory=dict)
    damage: list[tuple[str, int, int, Hit]] = field(default_factory=list)

    def name_of(self, user: str) -> str:
        """Return a user's name; the id where nobody has it."""
        return self.names.get(user) or user


def workspace(source: Source, tree: Tree, me: Me, limits: Limits) -> Workspace:
    """Read `users.json` and the lists of channels; what is missing or damaged names nobody.

    A person is me where an id, a user name, a shown or real name or the address of the profile is.
    """
    found, mine = Workspace(), []
    for user in _list(source, tree, "users.json", limits, found):
        key = text_in(user, "id")
        shown = text_in(user, "profile", "display_name")
        real = text_in(user, "profile", "real_name") or text_in(user, "real_name")
        account, mail = text_in(user, "name"), text_in(user, "profile", "email")
        names = [name for name in dict.fromkeys((shown, real, account)) if name]
        if not key:
            continue
        found.names[key] = names[0] if names else key
        own = any(me.wrote(name, "") for name in (key, mail, *names) if name)
        if own:
            mine.append(key)
        found.people += [Person(key.lower(), name, own) for name in names[:2]]
        if mail:
            found.people.append(Person(mail.lower(), names[0] if names else "", own))
    found.mine = tuple(mine)
    for name in _CHANNEL_LISTS:
        for channel in _list(source, tree, name, limits, found):
            _channel(channel, found)
    return found


def _channel(channel: dict[str, Any], found: Workspace) -> None:
    key, name = text_in(channel, "id"), text_in(channel, "name")
    if name:
        found.channels[name] = f"#{name}" if not name.startswith("mpdm-") else name
    elif key:
        members = channel.get("members")
        ids = [each for each in members if isinstance(each, str)] if members else []
        found.channels[key] = ", ".join(found.name_of(each) for each in ids) or key


def _list(
    source: Source, tree: Tree, name: str, limits: Limits, found: Workspace
) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list; what is damaged is noted in `found`."""
    if name not in tree.names:
        return
    try:
        with tree.open(name) as stream:
            for item in objects(source, stream, limits):
                if item.fault is None:
                    yield item.value
                else:
                    found.damage.append((name, item.line, item.offset, _DAMAGED))
    except InputError:
        found.damage.append((name, 1, 0, _DAMAGED))
