"""Whatever stands among the messages of an export, each is in a record or has a finding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.sources.base import Export
from curate.sources.chat.discord import DISCORD
from curate.sources.chat.messenger import MESSENGER
from curate.sources.chat.telegram import TELEGRAM
from tests.curate.sources.chat.heard import read

ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
TEXT = st.text(max_size=8) | st.sampled_from(["words", "Ã©", "\ud800"])
KEYS = ("type", "from", "sender_name", "text", "text_entities", "content", "date", "timestamp")
MORE = ("date_unixtime", "timestamp_ms", "author", "id", "reference", "forwardedMessage", "from_id")
MESSAGE = st.dictionaries(st.sampled_from(KEYS), TEXT | ANY) | st.fixed_dictionaries(
    {
        "type": st.sampled_from(["message", "Default"]),
        "from": TEXT,
        "sender_name": TEXT,
        "author": st.fixed_dictionaries({"name": TEXT}),
        "text": TEXT,
        "content": TEXT,
    },
    optional={key: ANY for key in MORE if key != "author"},
)
LISTS = st.lists(MESSAGE | ANY, max_size=8)


@pytest.mark.parametrize("export", [TELEGRAM, DISCORD, MESSENGER], ids=lambda export: export.name)
@given(messages=LISTS, me=st.sampled_from(["words", "nobody"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_message_is_in_a_record_or_has_a_finding(
    export: Export, messages: list[Any], me: str, tmp_path: Path
) -> None:
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"name": "A", "messages": messages}, indent=1), "utf-8")
    heard = read(export, file, me)
    silent = [hit for *_, hit in heard.notes if hit.code in ("SRC074", "SRC077")]
    assert len(heard.said) + len(silent) == len(messages)
