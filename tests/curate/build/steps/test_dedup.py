"""The step `dedup`: what leaves, for which row, and that nothing else does."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.build.line.base import Context, Rows
from curate.build.line.settle import settle
from curate.build.steps.dedup import Dedup, DedupOptions
from curate.errors import UsageError
from curate.finding import Finding
from tests.curate.build.steps.duplicates import dedup, edited, judged, labelled, left, told
from tests.curate.build.steps.row_sets import asked, rows_of
from tests.curate.deduplication.prose import prose


@pytest.fixture
def draw() -> random.Random:
    return random.Random(7)


# Equal rows


def test_rows_that_are_equal_but_for_folds_leave_for_the_first() -> None:
    rows = rows_of([asked("What is a lake?"), asked("what  is a LAKE?"), asked("What is a pond?")])
    assert left(dedup(rows, method="exact")) == {1: ("DUP010", 0)}
    assert left(dedup(rows, method="exact", folds=[])) == {}
    assert left(dedup(rows)) == {1: ("DUP010", 0)}


def test_roles_tools_media_and_borders_of_messages_count_in_a_conversation() -> None:
    plain = asked("a b", "c")
    system = {"messages": [{"role": "system", "content": "a b"}, plain["messages"][1]]}
    other_border = asked("a", "b c")
    tools = plain | {"tools": '[{"name": "f"}]'}
    media = plain | {"media": [{"type": "image", "ref": "a.png"}]}
    rows = rows_of([plain, system, other_border, tools, media])
    assert left(dedup(rows, method="exact")) == {}
    assert set(left(dedup(rows))) == {1, 2}, "roles make no difference to rows that are only alike"
    assert left(dedup(rows, on="response")) == {
        1: ("DUP010", 0), 3: ("DUP010", 0), 4: ("DUP010", 0)
    }  # fmt: skip
    assert left(dedup(rows, on="prompt", method="exact")) == {1: ("DUP010", 0)}


def test_labels_and_trained_segments_count() -> None:
    steps = {"prompt": [{"role": "user", "content": "q"}], "completions": ["a", "b"]}
    made = [steps | {"labels": labels} for labels in ([True, True], [True, False])]
    rows = rows_of(made, "stepwise")
    assert left(dedup(rows)) == {}
    parts = [{"segments": [{"text": "a b c", "train": train}]} for train in (True, False)]
    assert left(dedup(rows_of(parts, "segments"))) == {}


def test_a_copy_that_a_step_made_leaves_again() -> None:
    rows = rows_of([asked("q"), asked("r")]).at(np.array([0, 0, 1]))
    assert left(dedup(rows)) == {1: ("DUP010", 0)}


# Alike rows


def test_near_copies_leave_with_their_similarity_and_others_stay(draw) -> None:
    texts = [prose(draw, 80) for _ in range(20)]
    copies = [edited(text, 2, draw) for text in texts[:10]]
    far = [edited(text, 30, draw) for text in texts[10:]]
    rows = rows_of([asked("Tell me.", text) for text in texts + copies + far])
    decision = dedup(rows)
    assert left(decision) == {20 + at: ("DUP011", at) for at in range(10)}
    (near,) = [r for r in decision.removals if r.code == "DUP011"]
    assert all(0.7 <= score < 1 for score in near.scores)
    assert f"{near.scores[0]:.2f}" in near.say(0)
    assert "0.7" in near.say(0)


def test_rows_that_differ_in_tools_or_media_are_not_alike(draw) -> None:
    text = prose(draw, 60)
    rows = rows_of([asked(text), asked(edited(text, 1, draw), tools='[{"name": "f"}]')])
    assert left(dedup(rows)) == {}
    assert left(dedup(rows, on="response")) == {1: ("DUP010", 0)}


def test_rows_that_share_a_long_instruction_stay(draw) -> None:
    instruction = prose(draw, 720)
    assert len(instruction) > 4_200
    made = [asked(f"{instruction}\n\n{prose(draw, 12)}", prose(draw, 9)) for _ in range(317)]
    decision = dedup(rows_of(made))
    assert left(decision) == {}
    assert decision.report["template_rows"] == 317
    assert any("317 rows have sentences" in line for line in decision.lines)
    asked_of = [asked(f"{instruction}\n\nWhat is {n} times {n}?", "I see.") for n in range(317)]
    assert left(dedup(rows_of(asked_of))) == {}
    assert len(left(dedup(rows_of(asked_of), templates=False, sides=False))) == 316


@pytest.mark.parametrize("n_copies", [50, 300])
def test_a_text_that_comes_again_and_again_with_edits_is_found(draw, n_copies: int) -> None:
    text = prose(draw, 150)
    others = [asked("Tell me.", prose(draw, 60)) for _ in range(20)]
    copies = [asked("Tell me.", edited(text, 1, draw)) for _ in range(n_copies)]
    found = left(dedup(rows_of(others + copies)))
    assert len(found) == n_copies - 1
    assert {kept for _, kept in found.values()} == {20}


def test_a_row_equal_to_one_that_leaves_goes_with_it_for_the_same_row(draw) -> None:
    text = prose(draw, 80)
    near = edited(text, 1, draw)
    decision = dedup(rows_of([asked("q", text), asked("q", near), asked("Q", near.upper())]))
    assert left(decision) == {1: ("DUP011", 0), 2: ("DUP011", 0)}
    (removal,) = [r for r in decision.removals if len(r.rows)]
    assert removal.scores[0] == removal.scores[1]


def test_other_signs_make_other_rows() -> None:
    made = [{"text": f"What is the value of 3 {sign} 4 in this sum?"} for sign in "+-*/"]
    made.append({"text": "What is the value of 3+4, in this sum?"})
    rows = rows_of(made, "text")
    assert left(dedup(rows)) == {4: ("DUP011", 0)}
    assert left(dedup(rows_of([{"text": "5²"}, {"text": "52"}], "text"))) == {}


def test_unverified_only_by_its_flag_and_said(draw) -> None:
    text = prose(draw, 80)
    rows = rows_of([asked("q", text)] + [asked("q", edited(text, 1, draw)) for _ in range(4)])
    decision = dedup(rows, unverified=True)
    assert decision.report["verified"] is False
    assert {kept for _, kept in left(decision).values()} == {0}
    removal = next(r for r in decision.removals if len(r.rows))
    assert removal.scores is None
    assert "without having been compared" in removal.say(0)
    assert "scores/dedup.arrow" not in decision.files


small_rows = st.lists(
    st.tuples(
        st.sampled_from(["", " ", "a", "A", "b c", "ö—中文字符", "the same few words here"]),
        st.sampled_from(["", "yes", "no no", "x" * 40, "中文字符在这里", "a b c d e f g h"]),
    ),
    max_size=25,
)


@given(
    small_rows,
    st.sampled_from(["exact", "minhash", "rouge_l"]),
    st.sampled_from(["prompt", "response", "prompt+response", "conversation"]),
    st.sampled_from(["first", "longest"]),
    st.integers(1, 9),
)
@settings(max_examples=60, deadline=None)
def test_no_group_leaves_as_a_whole_and_counts_add_up(drawn, method, on, keep, chunk) -> None:
    made = [asked(prompt, answer) for prompt, answer in drawn]
    rows = rows_of(made, chunk=chunk)
    decision = dedup(rows, method=method, on=on, keep=keep)
    found = left(decision)
    assert all(kept is not None and kept not in found for _, kept in found.values())
    told_of: list[Finding] = []
    after = settle(rows, decision, None, told_of.append)
    assert len(after.rows) == len(rows) - len(found)
    again = dedup(rows_of(made, chunk=25), method=method, on=on, keep=keep)
    assert left(again) == found
    assert left(dedup(after.rows, method=method, on=on, keep=keep)) == {}


def test_the_number_of_processes_changes_nothing(draw, tmp_path: Path) -> None:
    texts = [prose(draw, 40) for _ in range(60)]
    made = [asked("q", text) for text in texts + [edited(text, 1, draw) for text in texts]]
    found = []
    for jobs in (1, 2):
        (tmp_path / str(jobs)).mkdir()
        context = Context(tmp_path / str(jobs), jobs=jobs)
        found.append(left(Dedup(DedupOptions()).decide(rows_of(made), context)))
    assert found[0] == found[1] != {}


# Which one stays


def test_the_longest_stays(draw) -> None:
    text = prose(draw, 80)
    rows = rows_of([asked("q", text), asked("q", text + " indeed"), asked("q", text)])
    assert left(dedup(rows, keep="longest")) == {0: ("DUP011", 1), 2: ("DUP011", 1)}


def scored(*values: Any) -> Rows:
    return rows_of([asked("q", extra={} if v is ... else {"score": v}) for v in values])


def test_the_best_stays_and_rows_without_a_number_rank_below_all(draw) -> None:
    decision = dedup(scored(None, -5, "9", 3, True, ..., 3.0, 2), keep="best:score")
    assert {kept for _, kept in left(decision).values()} == {3}
    assert told(decision) == {"DUP017": 1}
    (hit,) = [hit for _, hit in decision.findings]
    assert "4 of 8 rows" in hit.message
    assert "2 of them text or another value" in hit.message
    assert told(dedup(scored(1, 2), keep="best:score")) == {}
    assert set(left(dedup(scored(10**400, 1, -(10**400)), keep="best:score"))) == {1, 2}


def test_the_field_may_be_nested_the_margin_or_what_a_step_made() -> None:
    nested = [asked("q", extra={"eval": {"score": value}}) for value in (1, 2)]
    assert left(dedup(rows_of(nested), keep="best:eval.score")) == {0: ("DUP010", 1)}
    assert left(dedup(rows_of(nested), keep="best:extra.eval.score")) == {0: ("DUP010", 1)}
    dotted = [asked("q", extra={"eval.score": value}) for value in (1, 2)]
    assert left(dedup(rows_of(dotted), keep="best:eval.score")) == {0: ("DUP010", 1)}
    pairs = rows_of([judged("q", "a", "b", margin=m) for m in (0.1, 0.3)], "preference")
    assert left(dedup(pairs, keep="best:margin")) == {0: ("DUP010", 1)}
    made = rows_of([asked("q"), asked("q")], extra={"quality": pa.array([0.1, 0.2])})
    assert left(dedup(made, keep="best:quality")) == {0: ("DUP010", 1)}


@pytest.mark.parametrize(
    ("values", "keep", "said"),
    [
        ((1, 2), "best:scor", "did you mean `score`"),
        ((None, None), "best:score", "no row has a number"),
        (("high", "low"), "best:score", "no row has a number"),
    ],
)
def test_a_field_without_numbers_is_refused(values, keep, said) -> None:
    with pytest.raises(UsageError, match=said):
        dedup(scored(*values), keep=keep)


@pytest.mark.parametrize("keep", ["", "best", "best:", "best:.", "fist", "best: x"])
def test_a_wrong_keep_is_refused(keep: str) -> None:
    with pytest.raises(UsageError, match="keep is"):
        Dedup(DedupOptions(keep=keep))


def test_a_row_of_train_leaves_for_one_that_is_held_out(draw) -> None:
    text = prose(draw, 80)
    made = [asked("q", text), asked("q", edited(text, 1, draw)), asked("q", text), asked("q", text)]
    names = ["train", "train", "validation", "test"]
    rows = rows_of(made, splits=names)
    found = left(dedup(rows))
    assert set(found) == {0, 1, 2}
    assert {kept for _, kept in found.values()} == {3}
    assert set(left(dedup(rows_of(made[:3], splits=names[:3]), keep="longest"))) == {0, 1}


# Judged answers


@pytest.mark.parametrize("on", ["prompt", "conversation", "prompt+response"])
def test_other_answers_to_one_prompt_stay(draw, on: str) -> None:
    prompt, chosen, rejected = (prose(draw, 60) for _ in range(3))
    made = [
        judged(prompt, chosen, rejected),
        judged(prompt, chosen, prose(draw, 60)),
        judged(prompt, chosen, rejected.upper()),
        judged(edited(prompt, 1, draw), edited(chosen, 1, draw), edited(rejected, 1, draw)),
        judged(prompt, chosen, "Yes."),
        judged(prompt, chosen, "No."),
    ]
    rows = rows_of(made, "preference")
    assert left(dedup(rows, on=on)) == {2: ("DUP010", 0), 3: ("DUP011", 0)}
    assert set(left(dedup(rows, on="prompt", sides=False))) == {1, 2, 3, 4, 5}


def test_contradictory_preferences_are_told_and_dropped_only_where_asked() -> None:
    made = [
        judged("q", "a", "b"),
        judged("q", "b", "a"),
        judged("q", "a", "b"),
        judged("p", "b", "a"),
    ]
    rows = rows_of(made, "preference")
    decision = dedup(rows)
    assert left(decision) == {2: ("DUP010", 0)}
    assert [(row, hit.code) for row, hit in decision.findings] == [(0, "DUP014"), (1, "DUP014")]
    assert "r1 (in.jsonl:2)" in decision.findings[0][1].message
    assert "r0 (in.jsonl:1)" in decision.findings[1][1].message
    dropped = dedup(rows, contradictions="drop_both")
    assert {row: code for row, (code, _) in left(dropped).items()} == dict.fromkeys(
        (0, 1, 2), "DUP014"
    )
    assert told(dropped) == {}
    for removal in dropped.removals:
        assert all(removal.say(at) for at in range(len(removal.rows)))


def test_contradictory_labels_are_told_and_never_duplicates() -> None:
    made = [
        labelled("q", "a", True),
        labelled("q", "a", False),
        labelled("q", "A", True),
        labelled("q", "b", False),
        labelled("q", "a", None),
    ]
    rows = rows_of(made, "unpaired")
    decision = dedup(rows)
    assert left(decision) == {2: ("DUP010", 0)}
    assert [(row, hit.code) for row, hit in decision.findings] == [(0, "DUP015"), (1, "DUP015")]
    dropped = dedup(rows, contradictions="drop_both")
    assert set(left(dropped)) == {0, 1, 2}


# Rows of every kind, and of none


def test_rows_without_the_text_stay_and_are_told_of() -> None:
    made = [asked("q", ""), asked("r", ""), {"messages": []}, asked("s", " \n")]
    decision = dedup(rows_of(made), on="response")
    assert left(decision) == {}
    assert told(decision) == {"DUP016": 1}
    assert "4 of 4 rows have no text" in decision.findings[0][1].message
    decision = dedup(rows_of([{"text": "a"}, {"text": "a"}], "text"), on="prompt")
    assert left(decision) == {}
    assert told(decision) == {"DUP016": 1}


@pytest.mark.parametrize("method", ["exact", "minhash", "rouge_l"])
def test_no_rows_and_one_row(method: str) -> None:
    assert left(dedup(rows_of([]), method=method)) == {}
    assert left(dedup(rows_of([asked("q")]), method=method)) == {}
    assert left(dedup(rows_of([]), method=method, keep="best:score")) == {}


@pytest.mark.parametrize("method", ["exact", "minhash", "rouge_l"])
def test_rows_of_one_word_are_alike_only_where_it_is_the_same(method: str) -> None:
    rows = rows_of(
        [{"text": text} for text in ("yes", "no", "Yes", "yes no", "中", "文", "!")], "text"
    )
    assert left(dedup(rows, method=method)) == {2: ("DUP010", 0)}


def test_a_row_of_15_mebibytes(draw) -> None:
    text = (prose(draw, 2_000) + "\n") * (15 * 2**20 // 14_000)
    made = [{"text": text}, {"text": "short"}, {"text": text + " more"}]
    assert left(dedup(rows_of(made, "text"))) == {2: ("DUP011", 0)}


def test_mixed_languages(draw) -> None:
    texts = [
        "湖は水に囲まれた場所ではなく、陸に囲まれた水である。とても静かだ。",
        "Озеро — это водоём, окружённый сушей, и в нём тихо.",
        "ทะเลสาบคือแหล่งน้ำที่ล้อมรอบด้วยแผ่นดิน",
        "Ein See ist ein Gewässer, das von Land umgeben ist.",
    ]
    made = [{"text": text} for text in [*texts, *(text + "!" for text in texts)]]
    found = left(dedup(rows_of(made, "text")))
    assert {row: kept for row, (_, kept) in found.items()} == {4: 0, 5: 1, 6: 2, 7: 3}
    near = texts[0].replace("静か", "深く")
    assert set(left(dedup(rows_of([{"text": texts[0]}, {"text": near}], "text")))) == {1}


def test_a_million_equal_rows_cost_nothing_near() -> None:
    rows = rows_of([asked("q")]).at(np.zeros(20_000, np.int64))
    found = dedup(rows)
    assert found.report["removed"] == {"DUP010": 19_999}


@pytest.mark.slow
def test_a_million_equal_rows() -> None:
    rows = rows_of([asked("q")]).at(np.zeros(1_000_000, np.int64))
    found = dedup(rows)
    assert found.report["removed"] == {"DUP010": 999_999}
