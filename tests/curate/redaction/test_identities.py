"""Who is who: names are taken apart, and entries of one person joined."""

from __future__ import annotations

import pytest

from curate.errors import UsageError
from curate.people import Person
from curate.redaction.identities import handle_key, identities, parsed_roles
from curate.redaction.naming import name_of_address, split_name


@pytest.mark.parametrize(
    ("shown", "given", "family"),
    [
        ("Anna Berg", "Anna", "Berg"),
        ("Berg, Anna", "Anna", "Berg"),
        ("Dr. Anna M. Berg (ACME)", "Anna", "Berg"),
        ("'Anna Berg' via List", "Anna", "Berg"),
        ("Anna Berg | ACME GmbH", "Anna", "Berg"),
        ("ANNA BERG", "Anna", "Berg"),
        ("anna berg", "Anna", "Berg"),
        ("Anna-Lena Müller-Schmidt", "Anna-Lena", "Müller-Schmidt"),
        ("Jan van der Meer", "Jan", "van der Meer"),
        ("van der Meer, Jan", "Jan", "van der Meer"),
        ("Meer, Jan van der", "Jan", "van der Meer"),
        ("Ludwig von Beet", "Ludwig", "von Beet"),
        ("Sean O'Brien Jr.", "Sean", "O'Brien"),
        ("Tom Baker, PhD", "Tom", "Baker"),
        ("Anna", "Anna", ""),
        ("王小明", "小明", "王"),
        ("欧阳娜娜", "娜娜", "欧阳"),
        ("田中 太郎", "太郎", "田中"),
        ("김민수", "민수", "김"),
        ("남궁민수", "민수", "남궁"),
        ("Анна Иванова", "Анна", "Иванова"),
        ("Иванова Анна Петровна", "Анна", "Иванова"),
        ("Иванов Сергей", "Сергей", "Иванов"),
    ],
)
def test_a_name_is_taken_apart(shown: str, given: str, family: str) -> None:
    name = split_name(shown)
    assert name is not None
    assert (name.given, name.family) == (given, family)


@pytest.mark.parametrize(
    "shown", ["", "a@example.com", "+49 151 2345", "ACME Support Team", "Foo GmbH", "…", "--", "💥"]
)
def test_what_is_no_name_is_none(shown: str) -> None:
    assert split_name(shown) is None


def test_an_address_spells_a_name_only_where_the_first_part_is_one() -> None:
    assert name_of_address("anna.berg") == ("Anna", (), "Berg")
    assert name_of_address("anna.berg42") == ("Anna", (), "Berg")
    assert name_of_address("sales.team") is None
    assert name_of_address("annaberg") is None


def test_entries_that_share_an_address_or_a_full_name_are_one_person() -> None:
    found = identities(
        [
            Person("anna@work.example", "Anna Berg"),
            Person("anna@home.example", "Berg, Anna"),
            Person("anna@home.example", "Annie"),
            Person("tom@work.example", "Tom"),
            Person("tom@home.example", "Tom"),
        ],
        {},
    )
    assert [len(who.handles) for who in found] == [2, 1, 1]
    assert {name.given for name in found[0].names} == {"Anna", "Annie"}


def test_all_that_is_me_is_one_person() -> None:
    found = identities(
        [Person("a@x.example", "Dana W", True), Person("b@x.example", "Dee", True)], {}
    )
    assert len(found) == 1
    assert found[0].role == "Your"


def test_roles_join_by_address_and_by_name() -> None:
    people = [Person("anna@x.example", "Anna Berg"), Person("tom@x.example", "Tom Baker")]
    found = identities(people, {"boss": "ANNA@x.example", "friend": "Baker, Tom"})
    assert [who.role for who in found] == ["boss", "friend"]


def test_programs_have_no_names() -> None:
    (who,) = identities([Person("no-reply@shop.example", "Big Shop")], {})
    assert who.names == ()
    assert who.whole == ()


@pytest.mark.parametrize(
    "role", ["boss", "boss=", "=a@x.example", "1x=a", "name=a@x.example", "a b c]=x"]
)
def test_a_role_that_is_none_is_refused(role: str) -> None:
    with pytest.raises(UsageError):
        parsed_roles([role])


def test_numbers_of_phones_are_compared_by_their_end() -> None:
    assert (
        handle_key("+49 151 23456789")
        == handle_key("0151 23456789")
        == handle_key("tel:015123456789")
    )
    assert handle_key("@Anna_B") == "anna_b"


def test_ten_thousand_entries_of_one_person_are_joined_quickly() -> None:
    people = [
        Person(f"a{n // 2}@x.example", f"Anna Berg{'' if n % 2 else chr(97 + n % 26)}")
        for n in range(10_000)
    ]
    assert identities(people, {})
