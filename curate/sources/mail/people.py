"""Whom the headers of mails name."""

from __future__ import annotations

from collections.abc import Iterable

from curate.people import Person
from curate.sources.mail.addresses import people_of


def people_of_senders(values: Iterable[bytes], mine: frozenset[str]) -> list[Person]:
    """Return whom `From` fields name, each once, in order.

    Args:
        values: The fields as they stand in the mails, unfolded.
        mine: The addresses of the person whose mails are learnt, in lower case.
    """
    found: dict[Person, None] = {}
    for value in values:
        text = value.decode("utf-8", "surrogateescape")
        people = people_of([text], "the header From").people
        found.update(dict.fromkeys(marked(people, mine)))
    return list(found)


def marked(people: Iterable[Person], mine: frozenset[str]) -> list[Person]:
    """Return people with the person whose mails are learnt marked.

    Args:
        people: As headers name them.
        mine: The addresses of that person, in lower case.
    """
    return [each._replace(is_me=each.handle in mine) for each in people]
