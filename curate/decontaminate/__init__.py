"""Rows of training data that hold items of an evaluation: found by what they share, and shown."""

from curate.decontaminate.index import GRAM_WORDS, Index, build_index
from curate.decontaminate.items import Item, Piece, Side
from curate.decontaminate.judge import LEAK, METHODS, Judged, Method, Thresholds, judge
from curate.decontaminate.paraphrase import Paraphrases
from curate.decontaminate.passage import Passage, around, passage
from curate.decontaminate.scan import PAIR, Scan
from curate.decontaminate.semantic import Embed, Meanings
from curate.decontaminate.shapes import (
    BY_SHAPE,
    SHAPES,
    Shape,
    ShapeName,
    id_of,
    pieces_of_fields,
    shape_of,
)

__all__ = [
    "BY_SHAPE",
    "GRAM_WORDS",
    "LEAK",
    "METHODS",
    "PAIR",
    "SHAPES",
    "Embed",
    "Index",
    "Item",
    "Judged",
    "Meanings",
    "Method",
    "Paraphrases",
    "Passage",
    "Piece",
    "Scan",
    "Shape",
    "ShapeName",
    "Side",
    "Thresholds",
    "around",
    "build_index",
    "id_of",
    "judge",
    "passage",
    "pieces_of_fields",
    "shape_of",
]
