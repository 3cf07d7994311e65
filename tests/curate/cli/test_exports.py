"""Exports as people have them, through the command: what is read, what is told, what is hidden."""

import gzip
import json
import zipfile

import pytest

ME, FRIEND = "Zebulon Quixworth", "Marigold Tupperham"
CANARIES = ("zebulon", "quixworth", "marigold", "tupperham", "zebq77", "xylophon", "23456789")
CHAT = f"""05/01/2024, 10:11 - {FRIEND}: Hi Zebulon, can you come to the gallery on Friday?
05/01/2024, 10:12 - {ME}: Sure Marigold, I will be there at seven.
Call me on +49 151 23456789
15/01/2024, 10:13 - {FRIEND}: <Media omitted>
15/01/2024, 10:14 - {FRIEND}: Did you like the paintings in the last room?
15/01/2024, 10:15 - {ME}: I did, very much so.
"""
SAID = [
    ("user222", FRIEND, "Hello Zebulon, shall we meet in the park today? @zebq77"),
    ("user111", ME, "Yes Marigold, we meet at noon by the gate."),
]


def telegram(name):
    messages = [
        {"id": n, "type": "message", "date_unixtime": str(1_704_449_400 + n), "date": "x"}
        | {"from": sender, "from_id": handle, "text": text}
        for n, (handle, sender, text) in enumerate(SAID)
    ]
    return {"name": name, "type": "personal_chat", "id": 1, "messages": messages}


def conversation(title="Paint"):
    def node(key, parent, role, text):
        said = {"author": {"role": role}, "content": {"content_type": "text", "parts": [text]}}
        return {"id": key, "parent": parent, "children": [], "message": said}

    mapping = {
        "a": node("a", None, "user", f"What is paint made of? Yours, {ME}"),
        "b": node("b", "a", "assistant", "Of pigments and a binder."),
    }
    own = {"conversation_id": "c1", "current_node": "b"}
    return {"title": title, "create_time": 1.0, "mapping": mapping, **own}


CHATGPT = {
    "conversations.json": json.dumps([conversation()]),
    "user.json": json.dumps({"id": "u", "email": "zebq77@example.com"}),
    "message_feedback.json": json.dumps([{"id": "x", "rating": "thumbs_up"}]),
    "model_comparisons.json": "[]",
    "chat.html": "<html><body>Zebulon</body></html>",
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def packed(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def assert_hidden(folder):
    for file in folder.rglob("*"):
        if file.is_file():
            held = file.read_bytes().decode(errors="replace").lower()
            assert [word for word in CANARIES if word in held] == [], file


@pytest.mark.parametrize("as_zip", [False, True])
def test_only_the_conversations_of_a_chatgpt_export_are_read(here, curate, as_zip):
    packed(here / "in.zip", CHATGPT) if as_zip else put(here / "in", CHATGPT)
    done = curate("convert", "in.zip" if as_zip else "in", "-o", "out", "--me", ME, "--json")
    assert done.code == 0, done.err
    assert done.document["rows_out"] == 1
    assert done.document["findings"]["SRC022"] == len(CHATGPT) - 1
    assert "SRC044" not in done.document["findings"]
    assert_hidden(here / "out")


def test_a_conversation_of_three_thousand_messages_is_read(here, curate):
    long = conversation()
    for n in range(3_000):
        parent = f"n{n - 1}" if n else "b"
        said = {"author": {"role": ("user", "assistant")[n % 2]}}
        said["content"] = {"content_type": "text", "parts": [f"Turn {n}"]}
        long["mapping"][f"n{n}"] = {"id": f"n{n}", "parent": parent, "message": said}
    long["current_node"] = "n2999"
    put(here, {"conversations.json": json.dumps([long])})
    assert curate("convert", "conversations.json", "-o", "out", "--json").document["rows_out"] == 1


def test_a_damaged_conversation_is_set_aside_and_nothing_of_it_leaves(here, curate):
    damaged = f'{{"title": "{ME}", "mapping": {{"a": {{"x" 1}}}}}}'
    put(here, {"in.json": f"[{damaged}, {json.dumps(conversation())}]"})
    done = curate("convert", "in.json", "-o", "out", "--me", ME, "--json")
    assert (done.code, done.document["rows_in"], done.document["rows_out"]) == (1, 2, 1)
    assert_hidden(here / "out")
    put(here, {"only.json": f"[{damaged}]"})
    assert curate("convert", "only.json", "-o", "none").code == 1
    assert not (here / "none").exists()


def test_a_compressed_chat_is_a_chat(here, curate):
    (here / "chat.txt.gz").write_bytes(gzip.compress(CHAT.encode()))
    done = curate("convert", "chat.txt.gz", "-o", "out", "--me", ME, "--json")
    assert done.document["rows_out"] == 2
    assert_hidden(here / "out")


def test_names_of_chats_and_my_handle_are_hidden_in_rows_and_paths(here, curate):
    put(here, {"in/chats/Club Xylophon/result.json": json.dumps(telegram("Club Xylophon"))})
    done = curate("convert", "in", "-o", "out", "--me", ME, "--me", "zebq77", "--json")
    assert done.code == 0
    assert_hidden(here / "out")
    table = curate("convert", "out", "-o", "rows.jsonl") and (here / "rows.jsonl").read_text()
    assert '"chat":"[chat 1]"' in table
    assert "[Your handle]" in table


def test_the_archive_of_instagram_is_read_and_its_names_are_hidden(here, curate):
    thread = {
        "participants": [{"name": FRIEND}, {"name": ME}],
        "messages": [
            {"sender_name": ME, "timestamp_ms": 1_704_449_460_000, "content": "Yes, at noon."},
            {"sender_name": FRIEND, "timestamp_ms": 1_704_449_400_000, "content": "Shall we meet?"},
        ],
        "title": FRIEND,
    }
    place = "your_instagram_activity/messages/inbox/marigoldtupperham_123/message_1.json"
    files = {place: json.dumps(thread), "personal_information/me.json": '{"profile_user": []}'}
    packed(here / "instagram-zebq77-2024.zip", files)
    done = curate(
        *("convert", "instagram-zebq77-2024.zip", "-o", "out", "--me", ME, "--me", "zebq77"),
        "--json",
    )
    assert (done.code, done.document["rows_out"]) == (0, 1)
    assert_hidden(here / "out")


@pytest.mark.parametrize("me", [(), ("--me", "Zebulom")])
def test_whom_me_could_name_is_told(here, curate, me):
    put(here, {"_chat.txt": CHAT})
    done = curate("convert", "_chat.txt", "-o", "out", *me)
    assert done.code == 1
    assert f"The messages are from: {FRIEND}, {ME}" in done.err + done.out
    assert not (here / "out").exists()


def test_nobody_is_told_where_the_export_says_who_i_am(here, curate):
    tweet = {"id_str": "1", "full_text": "I love paint, @marigold_t!", "entities": {}}
    tweet["entities"] = {"user_mentions": [{"screen_name": "marigold_t", "name": FRIEND}]}
    tweet["created_at"] = "Fri Jan 05 10:00:00 +0000 2024"
    said = {"messageCreate": {"senderId": "22", "text": "Are you there?", "id": "1"}}
    said["messageCreate"]["createdAt"] = "2024-01-05T10:00:00.000Z"
    mine = json.loads(json.dumps(said).replace('"22"', '"11"').replace("Are you", "I am"))
    talk = [{"dmConversation": {"conversationId": "11-22", "messages": [mine, said]}}]
    account = [{"account": {"accountId": "11", "username": "zebq77"}}]
    lists = {"tweets": [{"tweet": tweet}], "direct_messages": talk, "account": account}
    put(
        here / "in",
        {
            f"data/{kind.replace('_', '-')}.js": f"window.YTD.{kind}.part0 = {json.dumps(held)}"
            for kind, held in lists.items()
        },
    )
    done = curate("convert", "in", "--kind", "text", "-o", "out")
    assert "The messages are from" not in done.err + done.out
    assert_hidden(here / "out")
    assert "choose one with --kind" in curate("convert", "in", "-o", "both").err


def test_what_standard_input_holds_has_to_be_said_where_it_is_private(here, curate):
    refused = curate("convert", "-", "--me", ME, "-o", "out", stdin=CHAT.encode())
    assert (refused.code, (here / "out").exists()) == (2, False)
    assert "--from whatsapp" in refused.err
    done = curate(
        *("convert", "-", "--from", "whatsapp", "--me", ME, "-o", "out"), stdin=CHAT.encode()
    )
    assert done.code == 0
    assert_hidden(here / "out")


def test_archives_that_a_pattern_names_are_read_and_one_in_a_folder_is_told(here, curate):
    (here / "in").mkdir()
    packed(here / "in" / "a.zip", {"_chat.txt": CHAT})
    packed(here / "in" / "b.zip", CHATGPT)
    done = curate("convert", "in/*.zip", "-o", "out", "--me", ME, "--json")
    assert (done.code, done.document["rows_out"]) == (0, 3)
    put(here, {"in/_chat.txt": CHAT})
    done = curate("convert", "in", "-o", "out2", "--me", ME)
    assert "in/a.zip: SRC022 an archive in a folder was not read; name it" in done.err + done.out


def test_an_archive_of_sealed_members_says_that(here, curate):
    raw = bytearray(packed(here / "in.zip", {"_chat.txt": CHAT}).read_bytes())
    raw[raw.index(b"PK\x03\x04") + 6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    (here / "in.zip").write_bytes(raw)
    done = curate("convert", "in.zip", "-o", "out")
    assert done.code == 3
    assert "SRC094" in done.err
    assert "encrypted" in done.err


def test_a_damaged_member_does_not_keep_the_others_from_being_read(here, curate):
    users = json.dumps([{"id": "U1", "name": "zebq77", "real_name": ME}])
    said = [("U2", "Can you come?"), ("U1", "Yes, at noon.")]
    day = [
        {"type": "message", "user": user, "text": text, "ts": f"170444940{n}.0001"}
        for n, (user, text) in enumerate(said)
    ]
    files = {"users.json": users, "channels.json": '[{"id": "C1", "name": "paint"}]'}
    path = packed(here / "in.zip", {**files, "paint/2024-01-05.json": json.dumps(day)})
    raw = path.read_bytes().replace(b'"real_name"', b'"rexl_name"')
    path.write_bytes(raw)
    done = curate("convert", "in.zip", "-o", "out", "--me", "U1", "--json")
    assert (done.code, done.document["rows_out"]) == (1, 1)
    assert done.document["findings"]["SRC077"] == 1


def test_documents_beside_data_are_told_with_the_reason(here, curate):
    row = '{"instruction": "Say hello to all", "input": "", "output": "Hello, all of you."}\n'
    put(here, {"in/train.jsonl": row, "in/README.md": "# Data", "in/page.html": "<p>x</p>"})
    done = curate("convert", "in", "-o", "out")
    assert done.code == 0
    assert "in/README.md: SRC022 a document beside other data" in done.err + done.out
    assert "names no container" not in done.err + done.out


@pytest.mark.parametrize("as_zip", [False, True])
def test_data_among_the_files_of_an_export_is_told(here, curate, as_zip):
    day = [{"type": "message", "user": "U2", "text": "Can you come?", "ts": "1704449400.0001"}]
    files = {"users.json": "[]", "paint/2024-01-05.json": json.dumps(day), "train.jsonl": "{}"}
    packed(here / "in.zip", files) if as_zip else put(here / "in", files)
    name = "in.zip" if as_zip else "in"
    done = curate("convert", name, "-o", "out", "--me", "U1")
    assert f"{name}/train.jsonl: SRC022 it lies in an export (slack)" in done.err + done.out


def test_a_link_out_of_a_folder_with_a_chat_is_not_followed(here, curate):
    put(here, {"secret.txt": "The secret is out.\n", "in/_chat.txt": CHAT})
    (here / "in" / "notes.txt").symlink_to(here / "secret.txt")
    done = curate("convert", "in", "-o", "out", "--me", ME, "--json")
    assert (done.code, done.document["rows_in"]) == (0, 2)
    assert done.document["findings"]["SRC093"] == 1


def test_a_chat_as_one_file_loses_nothing_but_its_group(here, curate):
    put(here, {"_chat.txt": CHAT})
    done = curate("convert", "_chat.txt", "-o", "out.jsonl", "--me", ME, "--json")
    assert done.code == 0
    losses = {code for code in done.document["findings"] if code.startswith("LOS")}
    assert losses <= {"LOS056"}
