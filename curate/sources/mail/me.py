"""Whose mail is learnt, and who it could be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from email.utils import getaddresses

from curate.errors import UsageError
from curate.finding import Hit
from curate.sources.mail.fields import addresses

_COUNTED, _SHOWN = 10_000, 5
_REMEMBERED, _FIELD_BYTES = 1 << 16, 500


def addresses_of(texts: Sequence[str]) -> frozenset[str]:
    """Return the addresses in texts like `d@x` or `Dana <d@x>`, in lower case; names have none."""
    found = (address.lower() for _, address in getaddresses(list(texts)))
    return frozenset(each for each in found if "@" in each.strip("@"))


class Senders:
    """Tells the mails of one person from those of others, and counts who wrote how many.

    An address matches as a whole and without regard to case: `dana+list@example.com` is another
    address than `dana@example.com`, and can be given beside it.

    Args:
        me: Addresses, as `--me` takes them; none makes every mail one's own. Names among them are
            those of chats.

    Raises:
        UsageError: If there are names only: mail is told by addresses.
    """

    def __init__(self, me: Sequence[str]) -> None:
        self.mine = addresses_of(me)
        if me and not self.mine:
            raise UsageError(
                "--me: mail is told by addresses, and none was given",
                hint="say --me ADDRESS, the address that the mails were written from",
            )
        self.met = False
        self._mine = frozenset(address.encode() for address in self.mine)
        self._known: dict[bytes, bool] = {}
        # How many mails have each field; whose address it is is looked at in the end.
        self._fields: dict[str, Counter[bytes]] = {
            name: Counter() for name in ("from", "sent", "reached")
        }

    def wrote(self, value: bytes) -> bool:
        """Return whether a `From` field is that of the person; it is counted."""
        is_mine = self._known.get(value)
        if is_mine is None:
            is_mine = not self._mine or not self._mine.isdisjoint(addresses(value))
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            if len(value) <= _FIELD_BYTES:
                self._known[value] = is_mine
        if is_mine:
            self.met = True
        self._count("from", value)
        return is_mine

    def was_sent(self, value: bytes) -> None:
        """Count the `From` field of a mail that lies among sent ones: evidence of who I am."""
        self._count("sent", value)

    def was_reached(self, value: bytes) -> None:
        """Count an address that a mail was delivered to: weaker evidence of who I am."""
        self._count("reached", value)

    def _count(self, name: str, value: bytes) -> None:
        counter = self._fields[name]
        if value in counter or (len(counter) < _COUNTED and len(value) <= _FIELD_BYTES):
            counter[value] += 1

    def _most(self, name: str) -> list[tuple[bytes, int]]:
        """Return the first addresses of fields with how many mails have them, most first."""
        found: Counter[bytes] = Counter()
        for value, count in self._fields[name].items():
            for address in addresses(value)[:1]:
                found[address] += count
        return found.most_common()

    def guess(self) -> tuple[tuple[str, int], ...]:
        """Return who could be the person, surest first, with the mails that say so.

        Senders of mail among sent mail stand before addresses that mail was delivered to.
        """
        ranked = self._most("sent")[:_SHOWN]
        sent = {address for address, _ in ranked}
        ranked += [each for each in self._most("reached")[:_SHOWN] if each[0] not in sent]
        return tuple((_visible(address), count) for address, count in ranked)

    def nobody(self) -> Hit | None:
        """Return SRC034 where mail was read and none of it was the person's."""
        senders = self._most("from")
        if self.met or not senders or not self._mine:
            return None
        masked = dict.fromkeys(_masked(sender) for sender, _ in senders)
        often = ", ".join(list(masked)[:_SHOWN])
        mine = ", ".join(sorted(self.mine))
        return Hit("SRC034", "", f"no mail is from {mine}; most mails are from {often}")


def _masked(address: bytes) -> str:
    name, _, domain = _visible(address).rpartition("@")
    return f"{name[:1]}***@{domain}"


def _visible(address: bytes) -> str:
    return address.decode("utf-8", "backslashreplace")
