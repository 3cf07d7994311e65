"""Rendered text to token ids with exact label masks, through `tokenizers` alone.

A rendering is encoded in one piece, as the model's tokenizer meets it at inference. Where a token
would lie across the border of a trained span, or content spells a special token, a noncharacter is
put in and its tokens are taken out again, so that borders hold and typed special tokens stay text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.errors import InputError
from curate.render.sandbox import BREAK
from curate.render.template import Rendered, Span, Specials, Template

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding
    from tokenizers import Tokenizer as Backend

_BATCH = 512


@dataclass(frozen=True, slots=True)
class Encoded:
    """A row as the model reads it.

    Attributes:
        ids: Token ids.
        trained: One flag for each id: whether it carries loss.
        starts: Where each id's text begins in the rendering, in characters.
        merged: Whether, but for a break put in between, a token would hold the end of a prompt and
            the beginning of what is trained.
    """

    ids: list[int]
    trained: list[bool]
    starts: list[int] = field(default_factory=list)
    merged: bool = False


class Tokenizer:
    """A `tokenizer.json` with what its neighbours say of special tokens.

    Attributes:
        specials: The special tokens as text.
        eos_id: Id of the end-of-sequence token.
        size: Number of ids: the largest id + 1.
        chat_template: The tokenizer's own chat template, or None.
        special_tokens: Every special token, as text.
        added_tokens: These, and those that were added to the vocabulary without being special.
        adds: The ids that the tokenizer itself puts before a text: usually the bos token.
    """

    def __init__(self, text: str, settings: dict[str, Any], chat_template: str | None) -> None:
        """Make a tokenizer of the text of a `tokenizer.json` and its `tokenizer_config.json`.

        Raises:
            InputError: If it names no end-of-sequence token.
        """
        from tokenizers import Tokenizer as Backend

        original = Backend.from_str(text)
        # The post-processor adds special tokens and trims offsets; both are done here instead.
        bare = {**json.loads(text), "post_processor": None, "truncation": None, "padding": None}
        self._backend: Backend = Backend.from_str(json.dumps(bare))
        added = original.get_added_tokens_decoder()
        spelled = [token.content for token in added.values() if token.special and token.content]
        self.special_tokens = tuple(spelled)
        self.added_tokens = tuple(token.content for token in added.values() if token.content)
        self.specials = _specials(settings, spelled)
        eos_id = original.token_to_id(self.specials.eos)
        if eos_id is None:
            raise InputError(
                f"the tokenizer's eos token {self.specials.eos!r} is not in its vocabulary"
            )
        self.eos_id: int = eos_id
        self.size: int = max(original.get_vocab(with_added_tokens=True).values()) + 1
        self.chat_template = chat_template
        self.adds = _ids_before(original)

    def id_of(self, token: str) -> int | None:
        """Return the id of a token's text, or None."""
        found: int | None = self._backend.token_to_id(token)
        return found

    def encode_rows(self, rows: Iterable[Rendered], template: Template) -> Iterator[Encoded]:
        """Encode renderings, in order; the beginning-of-sequence token is there once."""
        waiting = iter(rows)
        while batch := list(islice(waiting, _BATCH)):
            texts = [rendered.text for rendered in batch]
            encodings = self._backend.encode_batch(texts, add_special_tokens=False)
            for rendered, encoding in zip(batch, encodings, strict=True):
                yield self._masked(rendered, encoding, template)

    def encode(self, rendered: Rendered, template: Template) -> Encoded:
        """Encode one rendering."""
        return next(self.encode_rows([rendered], template))

    def prompt_ids(self, text: str, template: Template) -> list[int]:
        """Return the ids of a prompt: those that the same conversation's training row starts with.

        Args:
            text: What `Template.prompt` returned.
            template: The template that rendered it.
        """
        return self.encode(Rendered(text, ()), template).ids

    def count(self, text: str) -> int:
        """Return how many tokens a plain text has by itself."""
        return len(self._backend.encode(text, add_special_tokens=False).ids)

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each of some plain texts has by itself, in order."""
        encoded = self._backend.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(each) for each in encoded]

    def decode(self, ids: Sequence[int], *, specials: bool = True) -> str:
        """Return the text of ids, with special tokens unless `specials` is False."""
        text: str = self._backend.decode(list(ids), skip_special_tokens=not specials)
        return text

    def _masked(self, rendered: Rendered, encoding: Encoding, template: Template) -> Encoded:
        text = rendered.text
        spans: Sequence[Span] = rendered.spans
        offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
        put_in = np.zeros(0, np.int64)
        merged = False
        if _straddles(offsets, spans):
            merged = _straddles(offsets, [(start, start) for start, _ in spans])
            put_in = _breaks(text, spans)
            text, spans = _with_breaks(text, spans)
            encoding = self._backend.encode(text, add_special_tokens=False)
            offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
        flags = np.zeros(len(offsets), np.bool_)
        for start, end in spans:
            flags |= (offsets[:, 0] >= start) & (offsets[:, 1] <= end)
        ids, trained = list(encoding.ids), flags.tolist()
        starts = (offsets[:, 0] - np.searchsorted(put_in, offsets[:, 0])).tolist()
        if BREAK in text:
            kept = [at for at, (a, b) in enumerate(offsets.tolist()) if text[a:b] != BREAK]
            ids, trained = [ids[at] for at in kept], [trained[at] for at in kept]
            starts = [starts[at] for at in kept]
        if self.adds and not template.adds_bos and ids[: len(self.adds)] != self.adds:
            whole = bool(spans) and spans[0] == (0, len(text))
            ids = self.adds + ids
            trained = [whole] * len(self.adds) + trained
            starts = [0] * len(self.adds) + starts
        return Encoded(ids, trained, starts, merged)


def load_tokenizer(folder: Path) -> Tokenizer:
    """Load the tokenizer of a model folder: `tokenizer.json` and its neighbours.

    Raises:
        InputError: If there is no `tokenizer.json`, or no end-of-sequence token is named.
    """
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise InputError(
            f"{folder.as_posix()} has no tokenizer.json",
            hint="convert it once: AutoTokenizer.from_pretrained(…).save_pretrained(FOLDER)",
        )
    settings = {**_json(folder / "special_tokens_map.json")}
    settings |= _json(folder / "tokenizer_config.json")
    return Tokenizer(path.read_text("utf-8"), settings, _chat_template(folder, settings))


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise InputError(f"{path.as_posix()} is not JSON: {error}") from None
    return found if isinstance(found, dict) else {}


def _chat_template(folder: Path, settings: dict[str, Any]) -> str | None:
    file = folder / "chat_template.jinja"
    if file.is_file():
        return file.read_text("utf-8")
    held = settings.get("chat_template")
    if isinstance(held, list):
        named = {item["name"]: item["template"] for item in held}
        held = named.get("default")
    return held if isinstance(held, str) else None


def _specials(settings: dict[str, Any], spelled: list[str]) -> Specials:
    named = {}
    for key in ("eos_token", "bos_token", "pad_token", "unk_token"):
        value = settings.get(key)
        value = value.get("content") if isinstance(value, dict) else value
        if isinstance(value, str) and value:
            named[key] = value
    if "eos_token" not in named:
        raise InputError("the tokenizer names no eos token (tokenizer_config.json: eos_token)")
    pattern = None
    if spelled:
        longest_first = sorted(map(re.escape, spelled), key=len, reverse=True)
        pattern = re.compile(f"(?=(?:{'|'.join(longest_first)}))(.)", re.DOTALL)
    others = {k: v for k, v in named.items() if k not in ("eos_token", "bos_token")}
    return Specials(named["eos_token"], named.get("bos_token"), others, pattern)


def _ids_before(tokenizer: Backend) -> list[int]:
    """The ids that the tokenizer's own post-processor puts before a text: usually the bos token."""
    plain = tokenizer.encode("a", add_special_tokens=False).ids
    whole = tokenizer.encode("a", add_special_tokens=True).ids
    for at in range(len(whole) - len(plain) + 1):
        if whole[at : at + len(plain)] == plain:
            return list(whole[:at])
    return []


def _straddles(offsets: NDArray[np.int64], spans: Sequence[Span]) -> bool:
    """Whether a token lies across a border; offsets are (n_tokens, 2)."""
    return any(
        bool(((offsets[:, 0] < border) & (offsets[:, 1] > border)).any())
        for span in spans
        for border in span
    )


def _breaks(text: str, spans: Sequence[Span]) -> NDArray[np.int64]:
    """Where the breaks of `_with_breaks` stand in the text that it makes, `(n_breaks,) int64`."""
    at = [border for span in spans for border in span if 0 < border < len(text)]
    return np.array(at, np.int64) + np.arange(len(at))


def _with_breaks(text: str, spans: Sequence[Span]) -> tuple[str, list[Span]]:
    """Put a break at each border, and return the spans where they are then."""
    pieces: list[str] = []
    moved: list[Span] = []
    last = shift = 0
    for start, end in spans:
        lead = BREAK if start else ""
        tail = BREAK if end < len(text) else ""
        pieces += [text[last:start], lead, text[start:end], tail]
        moved.append((start + shift + len(lead), end + shift + len(lead)))
        shift += len(lead) + len(tail)
        last = end
    pieces.append(text[last:])
    return "".join(pieces), moved
