"""The engine's options, its numbers, and what it says of what it left."""

from __future__ import annotations

import json
import re

import pytest

from curate.detect.personal import _is_card, _is_iban
from curate.people import Person
from curate.redaction import KINDS, Plan, Redactor
from tests.curate.redaction.cases import redacted

ANNA, KLEIN = Person("anna@example.com", "Anna Berg"), Person("ak@example.com", "Anna Klein")
ROSE = Person("rosehill@example.com", "Rose Hill")


def test_numbers_are_given_in_the_order_of_the_rows() -> None:
    redactor = Redactor([ANNA, ROSE])
    assert redacted(redactor, "Rose Hill") == "[name 1]"
    assert redacted(redactor, "Anna Berg and Rose Hill") == "[name 2] and [name 1]"
    assert redacted(redactor, "anna@example.com") == "[email 2]"


def test_numbers_of_a_row_begin_again() -> None:
    redactor = Redactor([ANNA, ROSE], Plan(numbering="row"))
    assert redacted(redactor, "Rose Hill") == "[name 1]"
    assert redacted(redactor, "Anna Berg and Rose Hill") == "[name 1] and [name 2]"


def test_no_numbers() -> None:
    redactor = Redactor([ANNA, ROSE], Plan(numbering="none"))
    assert (
        redacted(redactor, "Anna Berg, Rose Hill, rosehill@example.com")
        == "[name], [name], [email]"
    )


def test_a_name_of_several_is_nobodys_until_the_row_says_whose() -> None:
    redactor = Redactor([ANNA, KLEIN])
    assert redacted(redactor, "Anna called.") == "[name] called."
    assert redactor.tally.ambiguous == 1
    assert (
        redacted(redactor, "Anna called. Anna Klein, I mean.")
        == "[name 1] called. [name 1], I mean."
    )
    assert redacted(redactor, "Anna called: anna@example.com") == "[name 2] called: [email 2]"


def test_kinds_that_are_not_asked_for_stay() -> None:
    redactor = Redactor([ANNA], Plan(kinds=frozenset({"email"})))
    assert redacted(redactor, "Anna Berg anna@example.com") == "Anna Berg [email 1]"
    redactor = Redactor([ANNA], Plan(kinds=frozenset(KINDS) - {"email"}))
    assert redacted(redactor, "Anna Berg anna@example.com") == "[name 1] anna@example.com"


def test_a_word_that_was_typed_is_a_name_wherever_it_has_a_capital() -> None:
    text = "Ask Rose about the rose. Marrow knows."
    assert redacted(Redactor([ROSE]), text) == text
    redactor = Redactor([ROSE], Plan(names=("Rose", "marrow")))
    assert redacted(redactor, text) == "Ask [name 1] about the rose. [name 2] knows."


def test_a_typed_part_of_a_name_is_no_further_person() -> None:
    redactor = Redactor([ROSE], Plan(names=("Hill",)))
    assert redacted(redactor, "Rose Hill, and the Hill flat") == "[name 1], and the [name 1] flat"


def test_a_given_name_of_two_letters_is_told_from_words() -> None:
    redactor = Redactor([Person("jo@example.com", "Jo Falk"), Person("an@example.com", "An Li")])
    assert redacted(redactor, "* Jo: bread\nAn egg. JO and jo.") == (
        "* [name 1]: bread\nAn egg. JO and jo."
    )


def test_what_is_booked_under_a_known_name() -> None:
    redactor = Redactor([ROSE])
    assert redacted(redactor, "a table in the name of Hill. In the name of Love.") == (
        "a table in the name of [name 1]. In the name of Love."
    )
    assert redacted(redactor, "ein Tisch auf den Namen Hill") == "ein Tisch auf den Namen [name 1]"


def test_a_group_is_hidden_where_its_name_is_written_as_one() -> None:
    group = Person("catalogue@example.com", "Catalogue Team")
    assert redacted(Redactor([group]), "in the catalogue team; Catalogue Team") == (
        "in the catalogue team; [name 1]"
    )
    town = Person("friends@example.com", "Friends of Larkfield")
    assert redacted(Redactor([town]), "Welcome to Larkfield") == "Welcome to Larkfield"


def test_names_that_texts_tell_count_in_all_rows_once_they_are_learnt() -> None:
    redactor = Redactor([])
    redactor.learn(
        ["Dear Ms. Okonjo,\nhello", "Hi Giulia,\nhello", "Hello Stadtwerke,\nhello", "Hi Rose,\nx"]
    )
    redactor.ready()
    assert redacted(redactor, "Okonjo and Giulia came.") == "[name 1] and [name 2] came."
    assert redacted(redactor, "Die Stadtwerke and a Rose.") == "Die Stadtwerke and a Rose."


def test_further_names_are_found() -> None:
    redactor = Redactor([], Plan(names=("Gudrun Ensslein", "Project Falcon X1")))
    assert redacted(redactor, "Gudrun said project  falcon x1.") == "[name 1] said [name 2]."


def test_invented_values_are_of_their_kind_and_nobodys() -> None:
    redactor = Redactor([ANNA], Plan(style="fake", seed=1))
    text = (
        "Anna Berg | Anna | Ms. Berg | anna@example.com | +1 212 736 5000 | "
        "DE89 3704 0044 0532 0130 00 | 4539 5787 6362 1486 | 203.99.12.7"
    )
    whole, given, family, email, phone, iban, card, ip = redacted(redactor, text).split(" | ")
    assert whole == f"{given} {family.removeprefix('Ms. ')}"
    assert email.endswith("@example.org")
    assert re.search(r"-555-01\d\d$", phone)
    assert not _is_iban(re.match(".*", iban))
    assert not _is_card(re.match(".*", card))
    assert ip.startswith("192.0.2.")
    assert redacted(Redactor([ANNA], Plan(style="fake", seed=1)), text) == " | ".join(
        (whole, given, family, email, phone, iban, card, ip)
    )
    assert redacted(Redactor([ANNA], Plan(style="fake", seed=2)), text).split(" | ")[0] != whole


def test_keys_that_come_to_be_the_same_are_told_apart() -> None:
    made = redacted(Redactor([ANNA]), '{"Anna Berg": 1, "Berg, Anna": 2, "x": {"Anna Berg": 3}}')
    assert json.loads(made) == {"[name 1]": 1, "[name 1]~2": 2, "x": {"[name 1]~3": 3}}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("order 4711 0815 22 x", "PII041"),
        ("ask @some_body else", "PII042"),
        ("my user name is rosehill", "PII043"),
        ("hi zbyszko, see you", "PII044"),
        ("I asked Rose about it", "PII045"),
        ("Hello Stadtwerke,\nyes", "PII046"),
        ("It was 2020-05-03 at 10:30.", None),
        ("class Foo: @property", None),
        ("Rose is red. Will you?", None),
        ("hi there, see you", None),
    ],
)
def test_what_is_left_is_told_by_its_place(text: str, code: str | None) -> None:
    row = {"messages": [{"role": "user", "content": text}]}
    remarks = Redactor([ROSE]).row(row)
    assert [each.code for each in remarks] == ([code] if code else [])
    for each in remarks:
        assert each.pointer == "/messages/0/content"
        left = row["messages"][0]["content"][each.start : each.start + each.length]
        assert left.strip() == left != ""


def test_the_first_part_of_a_hidden_address_is_told_where_it_is_left() -> None:
    redactor = Redactor([Person("bergan@example.com", "")], Plan(kinds=frozenset({"email"})))
    (remark,) = redactor.row({"text": "my user name is bergan, bergan@example.com"})
    assert (remark.code, remark.start, remark.length) == ("PII043", 16, 6)


def test_decomposed_letters_are_the_same_name() -> None:
    redactor = Redactor([Person("j@example.com", "J\u00fcrgen Weidler")])
    assert redacted(redactor, "Ju\u0308rgen Weidler kam.") == "[name 1] kam."


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("I asked Anna Lovelace about it.", "I asked [name 1] about it."),
        ("Anna W. Lovelace and Anna Berg", "[name 1] and [name 2]"),
        ("Anna Maria Lovelace came.", "[name 1] came."),
        ("Hi Anna Please call.", "Hi [name 1] Please call."),
        ("Anna Kindly asks you. She kindly asks.", "[name 1] Kindly asks you. She kindly asks."),
    ],
)
def test_a_given_name_with_a_strangers_family_name_is_one_name(text: str, becomes: str) -> None:
    redactor = Redactor([ANNA])
    redactor.learn([text])
    redactor.ready()
    assert redacted(redactor, text) == becomes


def test_a_sender_by_a_chats_name_is_called_by_name() -> None:
    redactor = Redactor([Person("Wilhelmina", "Wilhelmina", True)])
    assert redacted(redactor, "hey wilhelmina, Wilhelmina!") == "hey [Your name], [Your name]!"


def test_no_two_people_have_the_same_invented_name() -> None:
    people = [
        Person(f"p{n}@example.com", f"Anna Berg{chr(97 + n // 26)}{chr(97 + n % 26)}")
        for n in range(600)
    ]
    redactor = Redactor(people, Plan(style="fake"))
    made = redacted(redactor, "; ".join(person.name for person in people)).split("; ")
    assert len(set(made)) == len(people)


def test_ids_and_groups_stay_different() -> None:
    redactor = Redactor([ANNA])
    rows = [
        {"id": f"<{n}.anna@example.com>", "group": f"Anna Berg {n // 2}", "text": "x"}
        for n in range(4)
    ]
    for row in rows:
        redactor.row(row)
    assert [row["id"] for row in rows] == [f"[row {n}]" for n in (1, 2, 3, 4)]
    assert [row["group"] for row in rows] == ["[group 1]", "[group 1]", "[group 2]", "[group 2]"]


def test_a_copys_parent_is_called_as_its_row() -> None:
    redactor = Redactor([ANNA])
    redactor.row({"id": "anna@example.com", "text": "x"})
    row = {
        "id": "anna@example.com~2",
        "text": "x",
        "origin": {"path": "a", "parent": "anna@example.com"},
    }
    redactor.row(row)
    assert row["origin"]["parent"] == "[row 1]"


def test_a_long_line_takes_time_in_proportion() -> None:
    redactor = Redactor([ANNA])
    text = "Anna Berg " * 20_000 + "x" * 200_000 + " 1" * 50_000 + "@" * 20_000
    assert redacted(redactor, text).startswith("[name 1] [name 1]")


def test_what_rows_share_is_called_alike_in_all_of_them() -> None:
    redactor = Redactor([ANNA, ROSE], Plan(numbering="row"))
    rows = [
        {"text": text, "category": "Anna Berg", "origin": {"path": "Anna Berg.mbox"}}
        for text in ("Rose Hill and Anna Berg", "Anna Berg")
    ]
    for row in rows:
        redactor.row(row)
    assert [row["text"] for row in rows] == ["[name 1] and [name 2]", "[name 1]"]
    assert [row["category"] for row in rows] == ["[name]", "[name]"]
    assert [row["origin"]["path"] for row in rows] == ["[name].mbox", "[name].mbox"]
    assert redactor.text("Anna Berg.mbox") == "[name].mbox"


def test_what_a_header_shows_before_an_address_is_a_name_be_it_a_word() -> None:
    people = [Person("rob@example.com", "rob"), Person("x@example.com", "xxx"), ANNA]
    extra = {
        "from": "rob <rob@example.com>",
        "to": ["Berg, Anna, PhD <anna@example.com>", "Will <will@example.com>", "x@example.com"],
        "subject": "Will we rob <it>?",
    }
    row = {"messages": [{"role": "user", "content": "x"}], "extra": json.dumps(extra)}
    Redactor(people).row(row)
    made = json.loads(str(row["extra"]))
    assert made["from"] == "[name 1] <[email 1]>"
    assert [re.sub(r"\d", "n", each) for each in made["to"]] == [
        "[name n] <[email n]>",
        "[name n] <[email n]>",
        "[email n]",
    ]
    assert made["subject"] == "Will we rob <it>?"


def test_several_senders_are_told_apart() -> None:
    extra = {"from": "a@example.com, Bob Ray <bob@example.com>, May <may@example.com>"}
    row = {"messages": [{"role": "user", "content": "x"}], "extra": json.dumps(extra)}
    Redactor([Person("bob@example.com", "Bob Ray")]).row(row)
    assert json.loads(str(row["extra"]))["from"] == (
        "[email 1], [name 2] <[email 2]>, [name 3] <[email 4]>"
    )


def test_the_size_of_an_attachment_is_nothing_to_look_at() -> None:
    extra = json.dumps({"attachments": [{"name": "a.pdf", "type": "x/y", "bytes": 41943040}]})
    row = {"messages": [{"role": "user", "content": "x"}], "extra": extra}
    assert Redactor([ANNA]).row(row) == []
    assert row["extra"] == extra


def test_an_address_that_is_shown_as_a_name_is_no_name() -> None:
    redactor = Redactor([Person("berg@example.com", "berg at mail.example.com")])
    assert redacted(redactor, "see j.berg at home, not berg at work") == (
        "see j.berg at home, not berg at work"
    )
    assert redacted(redactor, "berg at mail.example.com") == "[name 1]"
