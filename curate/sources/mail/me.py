"""Whose mail is learnt, and who it could be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from email.utils import getaddresses

from curate.errors import UsageError
from curate.finding import Hit
from curate.sources.mail.fields import addresses

_COUNTED, _SHOWN = 10_000, 5
_REMEMBERED, _REMEMBERED_BYTES = 1 << 16, 500


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
        self._known: dict[bytes, tuple[bool, tuple[bytes, ...]]] = {}
        self._senders: Counter[bytes] = Counter()
        self._sent: Counter[bytes] = Counter()
        self._reached: Counter[bytes] = Counter()

    def wrote(self, value: bytes) -> bool:
        """Return whether a `From` field is that of the person; it is counted."""
        found = self._known.get(value)
        if found is None:
            senders = tuple(addresses(value))
            found = (not self._mine or not self._mine.isdisjoint(senders), senders)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            if len(value) <= _REMEMBERED_BYTES:
                self._known[value] = found
        is_mine, senders = found
        self.met = self.met or is_mine
        _count(self._senders, senders)
        return is_mine

    def was_sent(self, value: bytes) -> None:
        """Count the `From` field of a mail that lies among sent ones: evidence of who I am."""
        _count(self._sent, addresses(value)[:1])

    def was_reached(self, value: bytes) -> None:
        """Count an address that a mail was delivered to: weaker evidence of who I am."""
        _count(self._reached, addresses(value)[:1])

    def guess(self) -> tuple[tuple[str, int], ...]:
        """Return who could be the person, surest first, with the mails that say so.

        Senders of mail among sent mail stand before addresses that mail was delivered to.
        """
        sent = {address for address, _ in self._sent.most_common(_SHOWN)}
        ranked = [*self._sent.most_common(_SHOWN)]
        ranked += [each for each in self._reached.most_common(_SHOWN) if each[0] not in sent]
        return tuple((_visible(address), count) for address, count in ranked)

    def nobody(self) -> Hit | None:
        """Return SRC034 where mail was read and none of it was the person's."""
        if self.met or not self._senders or not self._mine:
            return None
        masked = dict.fromkeys(_masked(sender) for sender, _ in self._senders.most_common())
        often = ", ".join(list(masked)[:_SHOWN])
        mine = ", ".join(sorted(self.mine))
        return Hit("SRC034", "", f"no mail is from {mine}; most mails are from {often}")


def _count(counter: Counter[bytes], found: Iterable[bytes]) -> None:
    for address in found:
        if address in counter or len(counter) < _COUNTED:
            counter[address] += 1


def _masked(address: bytes) -> str:
    name, _, domain = _visible(address).rpartition("@")
    return f"{name[:1]}***@{domain}"


def _visible(address: bytes) -> str:
    return address.decode("utf-8", "backslashreplace")
