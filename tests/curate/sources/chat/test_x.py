"""X archives: one's own posts as texts, threads joined, everything else said."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.files.limits import DEFAULT_LIMITS
from curate.files.tree import open_tree
from curate.sources.chat.x import EXPORTS
from tests.curate.sources.chat.heard import read, zipped

MESSAGES, POSTS = EXPORTS


def tweet(key, text, at=0, **more):
    created = f"Thu Nov 21 09:{at:02d}:00 +0000 2019"
    return {"tweet": {"id_str": str(key), "full_text": text, "created_at": created, **more}}


def script(kind, values, part=0):
    return f"window.YTD.{kind}.part{part} = {json.dumps(values, indent=2)}"


def posts(tmp_path, *tweets, **how):
    file = tmp_path / "tweets.js"
    file.write_text(script("tweets", tweets), encoding="utf-8")
    return read(POSTS, file, **how)


def test_posts_are_texts(tmp_path):
    found = posts(tmp_path, tweet(1, "One &lt;3 &amp;amp; two"), tweet(2, "Zwei\nZeilen"))
    assert found.texts == ["One <3 &amp; two", "Zwei\nZeilen"]
    assert found.rows[0]["extra"] == {"kind": "post", "posts": 1, "date": "2019-11-21"}
    assert found.places[0] == ("tweets.js", 2, 30)
    assert found.codes == {}


def test_posts_that_answer_each_other_are_one_text_in_order(tmp_path):
    found = posts(
        tmp_path,
        tweet(4, "other", 9), tweet(3, "three", 3, in_reply_to_status_id_str="2"),
        tweet(2, "two", 2, in_reply_to_status_id_str="1"), tweet(1, "one", 1),
    )  # fmt: skip
    assert found.texts == ["other", "one\n\ntwo\n\nthree"]
    assert found.rows[1]["extra"]["kind"] == "thread"
    assert found.rows[1]["extra"]["posts"] == 3


def test_threads_that_bite_their_tails_end(tmp_path):
    found = posts(
        tmp_path,
        tweet(1, "a", in_reply_to_status_id_str="2"), tweet(2, "b", in_reply_to_status_id_str="1"),
        tweet(3, "c", in_reply_to_status_id_str="3"), tweet(4, "d", in_reply_to_status_id_str="1"),
    )  # fmt: skip
    assert sorted("\n\n".join(found.texts).split("\n\n")) == ["a", "b", "c", "d"]


def test_a_post_that_stands_twice_in_a_thread_is_said(tmp_path):
    reply = tweet(2, "b", 1, in_reply_to_status_id_str="1")
    found = posts(tmp_path, tweet(1, "a"), reply, reply, tweet(1, "a"))
    assert found.texts == ["a\n\nb"]
    assert found.codes == {"SRC074": 2}


@pytest.mark.parametrize(
    ("text", "more", "wanted"),
    [
        ("@ann @bob yes", {"in_reply_to_status_id_str": "9"}, "yes"),
        ("@ann @bob yes",
         {"in_reply_to_status_id_str": "9", "display_text_range": ["5", "13"]}, "@bob yes"),
        ("@ann yes", {}, "@ann yes"),
        ("yes @ann", {"in_reply_to_status_id_str": "9"}, "yes @ann"),
        ("@ann yes", {"in_reply_to_screen_name": "ann"}, "yes"),
        ("see https://t.co/ab", {"entities": {"urls": [
            {"url": "https://t.co/ab", "expanded_url": "https://example.com/x"}]}},
         "see https://example.com/x"),
        ("look https://t.co/ab", {"entities": {"media": [{"url": "https://t.co/ab"}]}}, "look"),
        ("odd", {"entities": [], "display_text_range": "x"}, "odd"),
    ],
)  # fmt: skip
def test_what_x_put_around_a_text_is_taken_off(tmp_path, text, more, wanted):
    assert posts(tmp_path, tweet(1, text, **more)).texts == [wanted]


def test_what_is_no_text_of_mine_is_said(tmp_path):
    found = posts(
        tmp_path,
        tweet(1, "RT @ann: hers"), tweet(2, "@ann", in_reply_to_status_id_str="9"),
        tweet(3, "https://t.co/ab", entities={"media": [{"url": "https://t.co/ab"}]}),
        {"tweet": {"id_str": "4"}}, {"tweet": 5}, tweet(6, "mine"),
    )  # fmt: skip
    assert found.texts == ["mine"]
    assert found.codes == {"SRC076": 1, "SRC074": 2, "SRC077": 2}


def archive(tmp_path):
    root = tmp_path / "twitter-2024"
    (root / "data").mkdir(parents=True)
    (root / "assets").mkdir()
    (root / "Your archive.html").write_text("<html></html>")
    (root / "assets" / "app.js").write_text("var window = {};")
    long = "A long post that goes on and on, much longer than any other. " * 9
    files = {
        "account": [{"account": {"accountId": "7", "username": "dana"}}],
        "tweets": [tweet(1, "first"), tweet(5, long[:270] + "… https://t.co/x", 5)],
        "tweets-part1": [tweet(2, "second", 1, in_reply_to_status_id_str="1")],
        "note-tweet": [
            {"noteTweet": {"createdAt": "2019-11-21T09:05:01.000Z", "core": {"text": long}}}],
        "like": [{"like": {"tweetId": "1", "fullText": "theirs"}}] * 3,
        "deleted-tweets": [tweet(8, "gone")],
        "ad-impressions": [{"ad": {}}],
        "direct-messages": [{"dmConversation": {"conversationId": "7-9", "messages": [
            {"messageCreate": {"senderId": "7", "id": "2", "text": "Hello https://t.co/q",
             "createdAt": "2024-01-05T10:01:00.000Z",
             "urls": [{"url": "https://t.co/q", "expanded": "https://example.com"}]}},
            {"messageCreate": {"senderId": "9", "id": "1", "text": "Hi",
             "createdAt": "2024-01-05T10:00:00.000Z"}},
            {"joinConversation": {}}]}}],
    }  # fmt: skip
    for name, values in files.items():
        kind = name.partition("-part")[0].replace("-", "_")
        (root / "data" / f"{name}.js").write_text(script(kind, values))
    return root, long.strip()


def test_an_archive_is_read_as_a_whole(tmp_path):
    root, long = archive(tmp_path)
    for path in (root, zipped(root, tmp_path / "twitter.zip")):
        found = read(POSTS, path)
        assert found.texts == [long, "first\n\nsecond"]
        assert found.codes == {"SRC076": 3}
        said = sorted(hit.message for *_, hit in found.notes)
        assert said == [
            "1 deleted posts, which are not read",
            "1 other lists of the archive hold no posts of mine",
            "3 likes, which are not read",
        ]


def test_direct_messages_are_conversations_and_the_owner_is_me(tmp_path):
    root, _ = archive(tmp_path)
    for path in (root, zipped(root, tmp_path / "twitter.zip")):
        found = read(MESSAGES, path)
        assert found.talks == [[("user", "Hi"), ("assistant", "Hello https://example.com")]]
        assert found.codes == {"SRC074": 1}
    (root / "data" / "account.js").unlink()
    assert read(MESSAGES, root).codes == {"SRC074": 1, "SRC070": 1}
    assert len(read(MESSAGES, root, "7").rows) == 1


def test_files_that_stand_alone_are_read(tmp_path):
    root, long = archive(tmp_path)
    data = root / "data"
    assert read(POSTS, data / "note-tweet.js").texts == [long]
    assert read(POSTS, data / "like.js").codes == {"SRC076": 1}
    (data / "account.js").unlink()
    (root / "Your archive.html").unlink()
    places = POSTS.claim(open_tree(root, DEFAULT_LIMITS))
    assert set(places) == {
        f"data/{name}.js"
        for name in ("tweets", "tweets-part1", "note-tweet", "like", "deleted-tweets")
    }


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("window.YTD.tweets.part0 = [ ]", POSTS),
        ("\ufeffwindow.YTD.tweet.part12 = [\n", POSTS),
        ("window.YTD.like.part0 = [", POSTS),
        ("window.YTD.direct_messages.part0 = [", MESSAGES),
        ("window.YTD.ad_impressions.part0 = [", None),
        ("window.YTD.tweets.part0 = {", None),
        ("var x = 1; window.YTD.tweets.part0 = [", None),
        ("window.app = [1]", None),
        ('[{"tweet": {"full_text": "x"}}]', None),
        ("", None),
    ],
)
def test_only_lists_of_an_archive_are_recognised(text, kind):
    found = [export for export in EXPORTS if export.sniff(text.encode(), "tweets.js")]
    assert found == ([kind] if kind else [])


@pytest.mark.parametrize("cut", [0, 10, 27, 31, 60, 200])
def test_a_file_that_ends_early_is_said(tmp_path, cut):
    file = tmp_path / "tweets.js"
    file.write_text(script("tweets", [tweet(n, f"text {n}") for n in range(9)])[:cut])
    found = read(POSTS, file)
    assert set(found.codes) == {"SRC077"}


def test_scripts_are_data_and_never_run(tmp_path):
    file = tmp_path / "tweets.js"
    text = script("tweets", [tweet(1, "mine")]) + "\n; alert(1); [{}] (() => { throw 1 })()"
    file.write_text(text)
    found = read(POSTS, file)
    assert found.texts == ["mine"]
    assert set(found.codes) == {"SRC077"}


@given(st.integers(0, 2**32))
def test_every_post_is_in_a_record_or_a_note(tmp_path_factory, seed):
    draw = random.Random(seed)
    keys = draw.sample(range(1, 30), draw.randrange(1, 15))
    tweets = [
        tweet(
            key, draw.choice(["words", "RT @a: b", "@ann hi"]), draw.randrange(60),
            in_reply_to_status_id_str=draw.choice([None, str(draw.randrange(1, 30))]),
        )
        for key in keys + draw.choices(keys, k=2)
    ]  # fmt: skip
    found = posts(tmp_path_factory.mktemp("x"), *tweets)
    told = sum(found.codes.values())
    assert sum(len(json.loads(record)) for record in found.records) + told == len(tweets)


def test_the_published_lists_are_read(data):
    folder = data / "joeamroo+knowledgemaxxing/tests/fixtures"
    found = read(POSTS, folder / "tweets.js")
    assert [row["extra"]["posts"] for row in found.rows] == [2]
    assert found.codes == {"SRC076": 1}
    likes = read(POSTS, folder / "like.js")
    assert (likes.rows, likes.notes[0][3].message) == ([], "2 likes, which are not read")
