"""WhatsApp chats: recognised, cut into messages, and nothing of them lost."""

import io
import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.files.limits import DEFAULT_LIMITS, Limits
from curate.sources.chat.whatsapp import EXPORTS, is_whatsapp
from curate.sources.chat.whatsapp.lines import messages
from tests.curate.sources.chat.heard import read, zipped

(WHATSAPP,) = EXPORTS


def chat(tmp_path, text, *me, name="_chat.txt", **how):
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(WHATSAPP, file, *me, **how)


ANDROID = """\
13/1/24, 10:00 - Messages and calls are end-to-end encrypted. Tap to learn more.
13/1/24, 10:00 - Ann Lee: Hi Dana
how are you?

Best
13/1/24, 10:01 - Dana: Fine
13/1/24, 10:02 - Ann Lee: <Media omitted>
13/1/24, 10:03 - Ann Lee: 12/1/24, 09:00 was the photo
13/1/24, 10:04 - Dana: Lovely
"""
IPHONE = (
    "\ufeff[1/13/24, 10:00:01\u202fAM] Ann: \u200eMessages and calls are end-to-end encrypted.\r\n"
    "[1/13/24, 10:00:02\u202fAM] Ann: Hi\r\nthere\r\n"
    "\u200e[1/13/24, 10:00:03\u202fAM] Dana: \u200e<attached: 00000002-PHOTO-2024.jpg>\r\n"
    "[1/13/24, 1:00:03\u202fPM] Dana: Look \u200e<This message was edited>\r\n"
)


def test_an_android_chat_is_read(tmp_path):
    found = chat(tmp_path, ANDROID, "Dana", name="WhatsApp Chat with Ann Lee.txt")
    assert found.talks == [
        [
            ("user", "Hi Dana\nhow are you?\n\nBest"),
            ("assistant", "Fine"),
            ("user", "12/1/24, 09:00 was the photo"),
            ("assistant", "Lovely"),
        ]
    ]
    assert found.places == [("WhatsApp Chat with Ann Lee.txt", 2, 81)]
    assert found.codes == {"SRC074": 2}
    assert found.rows[0]["extra"]["date"] == "2024-01-13"
    assert found.rows[0]["extra"]["chat"] == "WhatsApp Chat with Ann Lee"


def test_an_iphone_chat_is_read(tmp_path):
    found = chat(tmp_path, IPHONE, "dana")
    assert found.talks == [[("user", "Hi\nthere"), ("assistant", "Look")]]
    assert found.codes == {"SRC074": 2}
    assert found.rows[0]["extra"]["date"] == "2024-01-13"
    assert [note[1] for note in found.notes] == [1, 4]


def test_places_are_bytes_and_lines_of_the_file(tmp_path):
    text = "13.1.24, 10:00 - Änn: ö\nzwei\n13.1.24, 10:01 - Dana: x\n25.1.24, 10:01 - Änn: y\n"
    found = chat(tmp_path, text, "Dana")
    raw = text.encode()
    assert [(line, raw[at:][:7]) for _, line, at in found.places] == [
        (1, b"13.1.24"),
        (4, b"25.1.24"),
    ]


def test_what_is_pasted_in_another_shape_is_text(tmp_path):
    text = (
        "13/1/24, 10:00 - Ann: look:\n[13/1/24, 09:00:00] Bob: hi\n13.1.24, 09:00 - Eve: ho\n"
        "13/1/24, 10:01 - Dana: ok\n"
    )
    found = chat(tmp_path, text, "Dana")
    assert found.talks[0][0][1] == "look:\n[13/1/24, 09:00:00] Bob: hi\n13.1.24, 09:00 - Eve: ho"


def test_an_order_that_cannot_be_told_is_said_and_days_part_conversations(tmp_path):
    text = (
        "3/4/24, 10:00 - Ann: a\n3/4/24, 10:01 - Dana: b\n4/4/24, 10:00 - Ann: c\n"
        "4/4/24, 10:01 - Dana: d\n"
    )
    found = chat(tmp_path, text.replace("4/4/24", "5/6/24"), "Dana")
    assert found.codes == {"SRC075": 1}
    assert [talk[0][1] for talk in found.talks] == ["a", "c"]
    assert "date" not in found.rows[0]["extra"]


def test_lines_before_the_first_message_are_said(tmp_path):
    found = chat(tmp_path, "Export of a chat\n\n" + ANDROID, "Dana")
    assert found.codes == {"SRC074": 2, "SRC077": 1}
    assert chat(tmp_path, "no chat at all", "Dana").codes == {"SRC077": 1}
    assert chat(tmp_path, "", "Dana").codes == {}


def test_bytes_that_are_not_text_are_said_and_the_rest_is_kept(tmp_path):
    raw = ANDROID.encode().replace(b"Fine", b"F\xff\x80ine") + b"13/1/24, 10:05 - Ann Lee: a\0b\n"
    found = chat(tmp_path, raw, "Dana")
    assert found.codes["SRC077"] == 1
    assert found.talks[0][-1] == ("assistant", "Lovely")


def test_a_message_beyond_the_limit_is_said_and_the_rest_is_kept(tmp_path):
    long = "13/1/24, 10:01 - Ann Lee: " + "x" * 5_000_000 + "\n" + "line\n" * 1000
    text = ANDROID.replace("13/1/24, 10:01 - Dana: Fine\n", long + "13/1/24, 10:01 - Dana: Fine\n")
    found = chat(tmp_path, text, "Dana", limits=Limits(record_bytes=100_000))
    assert found.codes == {"SRC009": 1, "SRC074": 2}
    assert found.talks[0][0] == ("user", "Hi Dana\nhow are you?\n\nBest")


@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
def test_where_blocks_end_changes_nothing(size):
    class Slow(io.BytesIO):
        def read(self, n=-1):
            return super().read(min(n, size))

    whole = [
        (m.line, m.offset, m.more) for m in messages(io.BytesIO(IPHONE.encode()), DEFAULT_LIMITS)
    ]
    slow = [(m.line, m.offset, m.more) for m in messages(Slow(IPHONE.encode()), DEFAULT_LIMITS)]
    assert slow == whole


def test_chats_in_folders_and_zips_are_found_and_read(tmp_path):
    folder = tmp_path / "in"
    (folder / "WhatsApp Chat - Ann").mkdir(parents=True)
    (folder / "WhatsApp Chat - Ann" / "_chat.txt").write_text(IPHONE, encoding="utf-8")
    (folder / "renamed.txt").write_text(ANDROID, encoding="utf-8")
    (folder / "diary.txt").write_text("13/1/24, 10:00 - Woke up\n13/1/24, 11:00 - Ate\n")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    found = read(WHATSAPP, folder, "Dana")
    assert sorted(row["extra"]["chat"] for row in found.rows) == ["WhatsApp Chat - Ann", "renamed"]
    packed = read(WHATSAPP, zipped(folder, tmp_path / "in.zip"), "Dana")
    assert (packed.rows, packed.codes) == (found.rows, found.codes)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (ANDROID, "_chat.txt"),
        (IPHONE, "_chat.txt"),
        (ANDROID, "WhatsApp-Chat mit Ann.txt"),
        ("13/1/24, 10:00 - Ann: a\n", "Chat de WhatsApp con Ann.txt"),
        (ANDROID * 3, "renamed.txt"),
        (ANDROID * 3, "-"),
    ],
)
def test_chats_are_recognised(text, name):
    assert is_whatsapp(text.encode(), name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("13/1/24, 10:00 - Woke up\n13/1/24, 11:00 - Ate\n14/1/24, 11:00 - Slept\n", "diary.txt"),
        ("13/1/24, 10:00 - Woke up: late\n13/1/24, 11:00 - Ate: eggs\n", "diary.txt"),
        ("2024-01-13\nDear diary: today\n2024-01-14\nDear diary: again\n", "diary.txt"),
        ("[2024-01-13 10:00:00] INFO: up\n[2024-01-13 10:00:01] ERROR: down\n" * 9, "app.txt"),
        ("Ann: hi\nBob: ho\n", "script.txt"),
        ("Hello\n" + ANDROID * 3, "letter.txt"),
        (ANDROID * 3, "chat.md"),
        (ANDROID * 3, "chat.csv"),
        ("", "_chat.txt"),
        ("[]", "_chat.txt"),
    ],
)
def test_other_texts_are_left_alone(text, name):
    assert not is_whatsapp(text.encode(), name)


HEADS = st.sampled_from(
    ["13/1/24, 10:00 - ", "14/1/24, 10:00 - ", "[13/1/24, 10:00:00] ", "13/13/24, 10:00 - ", ""]
)
NAMES = st.sampled_from(["Ann: ", "Dana: ", "", "A: b: "])
LINES = st.tuples(HEADS, NAMES, st.text(st.characters(codec="utf-8"), max_size=8)).map("".join)


@given(st.lists(LINES, max_size=30))
def test_every_line_is_in_a_record_or_a_note(tmp_path_factory, lines):
    file = tmp_path_factory.mktemp("chat") / "_chat.txt"
    file.write_bytes("\n".join(lines).encode())
    found = read(WHATSAPP, file, "Dana")
    with file.open("rb") as stream:
        cut = list(messages(stream, DEFAULT_LIMITS))
    worded = sum(len(json.loads(record)) - 1 for record in found.records)
    told = sum(1 for *_, hit in found.notes if hit.code in ("SRC074", "SRC077"))
    assert worded + told == len(cut)


@pytest.fixture(scope="module")
def formats(data):
    file = data / "lucasrodes+whatstk/whatstk/whatsapp/assets/header_format_support.json"
    return [each["format"] for each in json.loads(file.read_text())]


def test_every_published_format_of_heads_is_read(formats, tmp_path):
    assert len(formats) == 96
    start = datetime(2019, 11, 20, 23, 17, 5)
    times = [start + timedelta(hours=31 * n) for n in range(300)]
    for at, form in enumerate(formats):
        shape = form.replace("%name:", "{}: {}")
        lines = [
            time.strftime(shape).format("Dana" if n % 2 else "Ann Lee", f"text {n}")
            for n, time in enumerate(times)
        ]
        found = chat(tmp_path, "\n".join(lines), "Dana", name=f"{at}.txt", gap_minutes=10**7)
        assert is_whatsapp("\n".join(lines).encode(), f"{at}.txt"), form
        assert found.codes == {}, form
        assert len(found.talks[0]) == 300, form
        assert found.rows[0]["extra"]["date"] == "2019-11-20", form


@pytest.mark.parametrize(
    ("name", "said", "notices"),
    [("lorem-2000", 2000, 0), ("lorem-merge-part1", 300, 0), ("lorem-merge-part2", 300, 0)],
)
def test_published_chats_are_read_whole(data, name, said, notices):
    file = data / f"lucasrodes+whatstk/chats/whatsapp/{name}.txt"
    found = read(WHATSAPP, file, "John")
    assert is_whatsapp(file.read_bytes(), file.name)
    assert len(found.said) == said
    assert found.codes.get("SRC074", 0) == notices
    assert {"SRC070", "SRC071", "SRC075", "SRC077"} & set(found.codes) == set()
    assert "John" in {person.name for person in found.people if person.is_me}


def test_the_published_group_chat_has_two_notices(data):
    file = data / "lucasrodes+whatstk/chats/whatsapp/pokemon.txt"
    found = read(WHATSAPP, file, "Ash Ketchum")
    assert (len(found.said), found.codes["SRC074"]) == (18, 2)


def test_the_published_chat_of_seven_messages_is_read(data):
    file = data / "Berektassuly+chatpack-cli/tests/fixtures/whatsapp_export.txt"
    found = read(WHATSAPP, file, "Bob")
    assert is_whatsapp(file.read_bytes(), file.name)
    assert len(found.said) == 7
    assert [len(talk) for talk in found.talks] == [4]
