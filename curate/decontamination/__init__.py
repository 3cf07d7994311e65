"""Rows of training data that hold items of an evaluation: found by what they share, and shown."""

from curate.decontamination.index import GRAM_WORDS, Index, build_index
from curate.decontamination.items import Item, Piece, Side
from curate.decontamination.judge import LEAK, METHODS, Judged, Method, Thresholds, judge
from curate.decontamination.paraphrase import Paraphrases
from curate.decontamination.passage import Passage, around, passage
from curate.decontamination.scan import PAIR, Scan
from curate.decontamination.semantic import Embed, Meanings
from curate.decontamination.shapes import (
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
