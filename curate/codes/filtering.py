"""QLT, LEN and LNG: what `curate filter` removes because it was asked to."""

from curate.codes.base import Code

_GOPHER = "Rae et al. 2021 (Gopher), appendix A.1.1"
_REPEATS = "Rae et al. 2021 (Gopher), table A1"
_FINEWEB = "Penedo et al. 2024 (FineWeb), section 3.5"
_REDPAJAMA = "Together 2023 (RedPajama-V2), quality signals"
_MODELS = "Joulin et al. 2016 (lid.176), Sites 2013 (CLD2)"
_AGAIN = "look at rows near the threshold (the histogram, `scores/filter.arrow`) and move it."


def _removed(code: str, slug: str, title: str, why: str, example: str, source: str) -> Code:
    page = f"{title}\n\nWhy: {why}\nExample: {example}\nFix: {_AGAIN}\nSource: {source}."
    return Code(code, slug, "info", page)


_WHY_LENGTH = "a length out of the range that was asked for: cut off, pasted in, or no answer."

_LENGTHS = (
    _removed(
        "LEN050",
        "unwanted-number-of-characters",
        "A rule on characters was not passed.",
        _WHY_LENGTH,
        "`--keep 'response_chars <= 20000'`",
        "data-juicer, text_length_filter",
    ),
    _removed(
        "LEN051",
        "unwanted-number-of-words",
        "A rule on words was not passed.",
        _WHY_LENGTH,
        "`--keep 'response_words >= 3'` and the answer \"Yes.\"",
        _GOPHER,
    ),
    _removed(
        "LEN052",
        "unwanted-number-of-tokens",
        "A rule on tokens was not passed.",
        _WHY_LENGTH,
        "`--keep 'conversation_tokens <= 4096' --tokenizer FOLDER`",
        "data-juicer, token_num_filter",
    ),
    _removed(
        "LEN053",
        "unwanted-number-of-sentences",
        "A rule on sentences was not passed.",
        _WHY_LENGTH,
        "`--preset c4` and an answer of four sentences",
        "Raffel et al. 2020 (C4), section 2.2",
    ),
    _removed(
        "LEN054",
        "unwanted-number-of-lines",
        "A rule on lines was not passed.",
        _WHY_LENGTH,
        "`--keep 'response_lines <= 200'`",
        _REDPAJAMA,
    ),
    _removed(
        "LEN055",
        "unwanted-number-of-turns",
        "A rule on turns was not passed.",
        "too few turns for a model of conversations, or more than fit into its context.",
        "`--keep 'turns >= 2'` and a row with one question",
        "Zheng et al. 2023 (MT-bench), which counts the user's messages",
    ),
    _removed(
        "LEN056",
        "unwanted-prompt-to-response-ratio",
        "A rule on the lengths of prompt and response was not passed.",
        "a long prompt with a word for an answer teaches little for what it costs in tokens.",
        "`--keep 'prompt_to_response_ratio <= 50'`",
        "the rows' own lengths, in characters",
    ),
)

_CHARACTERS = (
    _removed(
        "QLT200",
        "unwanted-compression-ratio",
        "A rule on how far the text compresses was not passed.",
        "a text that compresses to a fraction repeats itself; one that does not is noise or data.",
        "`--keep 'compression_ratio >= 0.2'` and \"ha ha ha ha …\"",
        "Radford et al. 2022 (Whisper), section 4.5",
    ),
    _removed(
        "QLT201",
        "unwanted-share-of-letters",
        "A rule on the share of letters was not passed.",
        "a text of few letters is a table, a formula or debris.",
        "`--keep 'letter_ratio >= 0.5'` and a row of numbers",
        "data-juicer, alphanumeric_filter",
    ),
    _removed(
        "QLT202",
        "unwanted-share-of-digits",
        "A rule on the share of digits was not passed.",
        "a text of digits is data, and teaches no language.",
        "`--keep 'digit_ratio <= 0.5'` and a list of prices",
        "Penedo et al. 2024 (FineWeb), statistics of documents",
    ),
    _removed(
        "QLT203",
        "unwanted-share-of-symbols",
        "A rule on the share of symbols was not passed.",
        "a text of symbols is markup, drawing or debris.",
        "`--keep 'symbol_ratio <= 0.4'` and a frame of dashes",
        "data-juicer, special_characters_filter",
    ),
    _removed(
        "QLT204",
        "unwanted-share-of-nonprinting-characters",
        "A rule on characters that do not print was not passed.",
        "controls and replacement characters are what is left of a broken encoding.",
        "`--keep 'nonprinting_ratio <= 0.01'`",
        "the Unicode Standard, general category C",
    ),
    _removed(
        "QLT205",
        "unwanted-share-of-capitals",
        "A rule on the share of capitals was not passed.",
        "a text in capitals is shouted, a heading or a legal notice.",
        "`--keep 'uppercase_ratio <= 0.5'`",
        _REDPAJAMA,
    ),
)

_WORDS = (
    _removed(
        "QLT206",
        "unwanted-share-of-unique-words",
        "A rule on the share of unique words was not passed.",
        "few different words are a loop or a template; the longer a text, the fewer there are.",
        "`--keep 'unique_word_ratio >= 0.1'`",
        _REDPAJAMA,
    ),
    _removed(
        "QLT207",
        "unwanted-length-of-words",
        "A rule on the mean length of words was not passed.",
        "very short or long words are debris, addresses or encoded data.",
        "`--keep 'mean_word_chars <= 10'` and a block of base64",
        _GOPHER,
    ),
    _removed(
        "QLT208",
        "unwanted-share-of-alphabetic-words",
        "A rule on the share of words with a letter was not passed.",
        "a text whose words are numbers and symbols is a table or a calculation.",
        "`--keep 'alphabetic_word_ratio >= 0.8'`",
        _GOPHER,
    ),
    _removed(
        "QLT209",
        "unwanted-number-of-stop-words",
        "A rule on English stop words was not passed.",
        "English prose has the, be, to, of, and, that, have, with; lists and code have not.",
        "`--keep 'stop_words >= 2'`",
        _GOPHER,
    ),
    _removed(
        "QLT210",
        "unwanted-number-signs",
        "A rule on number signs by words was not passed.",
        "hash tags and broken headings stand for words.",
        "`--keep 'hash_per_word_ratio <= 0.1'`",
        _GOPHER,
    ),
    _removed(
        "QLT211",
        "unwanted-ellipses",
        "A rule on ellipses by words was not passed.",
        "a text that trails off again and again was cut into pieces.",
        "`--keep 'ellipsis_per_word_ratio <= 0.1'`",
        _GOPHER,
    ),
    _removed(
        "QLT212",
        "unwanted-curly-brackets",
        "A rule on curly brackets was not passed.",
        "in web pages a curly bracket is left-over code; in answers it is code that was asked for.",
        "`--preset c4` and an answer in JavaScript",
        "Raffel et al. 2020 (C4), section 2.2",
    ),
)

_LINES = (
    _removed(
        "QLT213",
        "unwanted-share-of-bullets",
        "A rule on lines that begin with a bullet was not passed.",
        "a page of bullets is a menu; an answer of bullets is often what was asked for.",
        "`--keep 'bullet_line_ratio <= 0.9'`",
        _GOPHER,
    ),
    _removed(
        "QLT214",
        "unwanted-share-of-lines-that-trail-off",
        "A rule on lines that end in an ellipsis was not passed.",
        "lines that trail off are previews of texts that stand elsewhere.",
        "`--keep 'ellipsis_line_ratio <= 0.3'`",
        _GOPHER,
    ),
    _removed(
        "QLT215",
        "unwanted-share-of-closed-lines",
        "A rule on lines that end in punctuation was not passed.",
        "lines without punctuation are titles, menus and lists.",
        "`--keep 'closed_line_ratio > 0.12'`",
        _FINEWEB,
    ),
    _removed(
        "QLT216",
        "unwanted-share-of-short-lines",
        "A rule on short lines was not passed.",
        "short lines are lists, verse, tables and menus.",
        "`--keep 'short_line_ratio < 0.67'`",
        _FINEWEB,
    ),
    _removed(
        "QLT217",
        "unwanted-line-breaks",
        "A rule on line ends by words was not passed.",
        "many line ends for few words are lists and tables.",
        "`--keep 'line_break_per_word_ratio <= 0.3'`",
        _FINEWEB,
    ),
)

_WHY_REPEATS = "a model that learns from text that repeats itself falls into loops sooner."

_REPETITION = (
    _removed(
        "QLT220",
        "unwanted-share-of-repeated-lines",
        "A rule on repeated lines was not passed.",
        _WHY_REPEATS,
        "`--keep 'duplicate_line_ratio <= 0.3'`",
        _REPEATS,
    ),
    _removed(
        "QLT221",
        "unwanted-share-of-characters-in-repeated-lines",
        "A rule on characters in repeated lines was not passed.",
        _WHY_REPEATS,
        "`--keep 'duplicate_line_char_ratio <= 0.2'`",
        _REPEATS,
    ),
    _removed(
        "QLT222",
        "unwanted-share-of-repeated-paragraphs",
        "A rule on repeated paragraphs was not passed.",
        _WHY_REPEATS,
        "`--keep 'duplicate_paragraph_ratio <= 0.3'`",
        _REPEATS,
    ),
    _removed(
        "QLT223",
        "unwanted-share-of-characters-in-repeated-paragraphs",
        "A rule on characters in repeated paragraphs was not passed.",
        _WHY_REPEATS,
        "`--keep 'duplicate_paragraph_char_ratio <= 0.2'`",
        _REPEATS,
    ),
    _removed(
        "QLT224",
        "unwanted-share-of-the-most-frequent-words",
        "A rule on the two, three or four words that most often stand in a row was not passed.",
        _WHY_REPEATS,
        "`--keep 'top_2gram_char_ratio <= 0.2'`",
        _REPEATS,
    ),
    _removed(
        "QLT225",
        "unwanted-share-of-repeated-words",
        "A rule on runs of five to ten words that the text had before was not passed.",
        _WHY_REPEATS,
        "`--keep 'duplicate_5gram_char_ratio <= 0.15'`",
        _REPEATS,
    ),
)

_LANGUAGES = (
    _removed(
        "LNG010",
        "unwanted-language",
        "A rule on the language was not passed.",
        "rows in languages that nobody asked for cost tokens, and teach to answer in them.",
        "`--keep 'language in en, de'` and an answer in French",
        _MODELS,
    ),
    _removed(
        "LNG011",
        "unwanted-likely-language",
        "A rule on the likeliest language was not passed, however unsure that is.",
        "as for the language; short texts, names and code are often taken for another one.",
        "`--keep 'likely_language in en'`",
        _MODELS,
    ),
    _removed(
        "LNG012",
        "unwanted-language-probability",
        "A rule on the probability of the likeliest language was not passed.",
        "a text in no language for sure is short, mixed, code or debris.",
        "`--keep 'language_probability >= 0.65'`",
        "Penedo et al. 2024 (FineWeb), section 3.1",
    ),
    _removed(
        "LNG013",
        "unwanted-pair-of-languages",
        "A rule on prompt and response being in one language was not passed.",
        "the model learns to answer in another language than the question; translations leave too.",
        "`--keep 'same_language == 1'`",
        _MODELS,
    ),
)

_PRESETS = (
    Code(
        "QLT229",
        "preset-made-for-web-pages",
        "warning",
        """\
A preset was made for web pages, and rows of questions and answers are none.

Why: what is debris on a web page (lists, code, formulas, one word) is an answer to a question, so a
preset removes good rows.
Example: `--preset gopher` removes every answer of fewer than 50 words
Fix: take the rules that fit from it, `--keep 'duplicate_5gram_char_ratio <= 0.15'`; look at what
leaves with `--report-only` before.
Source: Rae et al. 2021, Raffel et al. 2020 and Penedo et al. 2024, all on web pages.""",
    ),
)

FILTERING = (
    *_LENGTHS,
    *_CHARACTERS,
    *_WORDS,
    *_LINES,
    *_REPETITION,
    *_LANGUAGES,
    *_PRESETS,
)
