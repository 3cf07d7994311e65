"""Named sets of rules, as their authors published them for web pages.

None of them was made for answers: an answer may be a list, a formula, a program, a song or one
word. Each says what it leaves out and what it takes from answers.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from curate.errors import UsageError, printable


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of rules.

    Attributes:
        name: The name.
        rules: The rules, in the order of the source.
        source: Where they come from.
        warning: What is to be expected of them on answers, and what is left out.
    """

    name: str
    rules: tuple[str, ...]
    source: str
    warning: str


PRESETS = (
    Preset(
        "gopher",
        (
            "words >= 50",
            "words <= 100000",
            "mean_word_chars >= 3",
            "mean_word_chars <= 10",
            "hash_per_word_ratio <= 0.1",
            "ellipsis_per_word_ratio <= 0.1",
            "bullet_line_ratio <= 0.9",
            "ellipsis_line_ratio <= 0.3",
            "alphabetic_word_ratio >= 0.8",
            "stop_words >= 2",
        ),
        "Rae et al. 2021 (Gopher), appendix A.1.1",
        "made for English web pages: answers of fewer than 50 words, in other languages, and most"
        " lists, code and calculations leave",
    ),
    Preset(
        "gopher-repetition",
        (
            "duplicate_line_ratio <= 0.3",
            "duplicate_paragraph_ratio <= 0.3",
            "duplicate_line_char_ratio <= 0.2",
            "duplicate_paragraph_char_ratio <= 0.2",
            "top_2gram_char_ratio <= 0.2",
            "top_3gram_char_ratio <= 0.18",
            "top_4gram_char_ratio <= 0.16",
            "duplicate_5gram_char_ratio <= 0.15",
            "duplicate_6gram_char_ratio <= 0.14",
            "duplicate_7gram_char_ratio <= 0.13",
            "duplicate_8gram_char_ratio <= 0.12",
            "duplicate_9gram_char_ratio <= 0.11",
            "duplicate_10gram_char_ratio <= 0.1",
        ),
        "Rae et al. 2021 (Gopher), table A1",
        "made for web pages: songs, tables, code and worked calculations repeat themselves and"
        " leave; n-grams are looked at only in texts of 50 words and more",
    ),
    Preset(
        "c4",
        ("sentences >= 5", "curly_brackets <= 0"),
        "Raffel et al. 2020 (C4), section 2.2",
        "made for English web pages: short answers and all code with curly brackets leave; C4's"
        " rules for single lines, its list of bad words and its language rule are left out",
    ),
    Preset(
        "fineweb",
        (
            "closed_line_ratio > 0.12",
            "short_line_ratio < 0.67",
            "duplicate_line_char_ratio < 0.01",
            "line_break_per_word_ratio <= 0.3",
        ),
        "Penedo et al. 2024 (FineWeb), section 3.5, and datatrove, FineWebQualityFilter",
        "made for web pages: lists, tables, verse and code leave; FineWeb runs Gopher's and C4's"
        " rules before, without C4's on punctuation",
    ),
    Preset(
        "fineweb-language",
        ("likely_language in en", "language_probability >= 0.65"),
        "Penedo et al. 2024 (FineWeb), section 3.1",
        "made for web pages: short answers, code and formulas leave, because their language is"
        " less certain",
    ),
)
BY_NAME = {preset.name: preset for preset in PRESETS}


def preset_named(name: str) -> Preset:
    """Return the preset of a name.

    Raises:
        UsageError: If there is none.
    """
    if name not in BY_NAME:
        near = difflib.get_close_matches(name, BY_NAME, n=1)
        meant = f" (did you mean `{near[0]}`?)" if near else ""
        raise UsageError(
            f"there is no preset {printable(name)}{meant}",
            hint="the presets are " + ", ".join(BY_NAME),
        )
    return BY_NAME[name]
