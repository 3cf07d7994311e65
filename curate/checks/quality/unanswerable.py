"""QLT: questions that no text can answer, because something is missing or asked too much."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Rule, Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.quality.asking import ASKING, USER, asked, only_text, opening
from curate.checks.quality.edges import heads_matching
from curate.checks.walk import SYSTEM_ROLES, dialogue
from curate.row import Row

_LONGEST_INSTRUCTION = 200
_OBJECT = (
    r"(?:images?|pictures?|photos?|photographs?|paintings?|drawings?|logos?|gif|video|song|chart|graph"
    r"|table|diagram|figure|map|texts?|paragraphs?|passages?|articles?|excerpt|sentences?|phrases?"
    r"|code|snippets?|program|pattern|design|web ?site|web ?page|url|link|amount|expressions?"
    r"|equations?|list|arrays?|strings?|words|numbers|items|options|statements?|questions?|poem"
    r"|stor(?:y|ies)|quotes?|dialogues?|conversation|e-?mail|letter|document|data|dataset|review|tweet"
    r"|problem|scenario|html|json|script)"
)
_AFTER = (
    r"(?= (?:in|into|to|using|with|for|as|by|so|and|from|of|on|based|according|without|if|is|are"
    r"|has|have|do|does|mean|say|show|you|that|i)\b|[.:?]?\Z)"
)
_FOLLOWING = re.compile(
    rf"(?i)\bthe following (?:[\w-]+ ){{0,2}}{_OBJECT}{_AFTER}|\bwhich of the following\?\Z"
    r"|\b(?:describe|explain|complete|rewrite|edit|summari[sz]e|translate|analy[sz]e|evaluate|rate"
    r"|classify|caption) this (?:[\w-]+ )?(?:sentence|paragraph|passage|article|poem|painting"
    rf"|picture|photo|image|cartoon|comic|logo|text|story){_AFTER}"
)
_THING_ZH = (
    r"(?:文章|文本|文档|文字|段落|句子|诗歌|歌词|图案|图表|图片|图像|图形|画作|漫画|陈述|邮件|新闻"
    r"|故事|对话|代码|标志|食谱|照片|场景|评论|短语|散文|诗|画|图)"
)
_FOLLOWING_ZH = rf"(?:以下|下列|下面)的?[^，。：:,;；、]{{0,10}}?{_THING_ZH}"
_GIVEN_ZH = (
    rf"这(?:幅|篇|段|首|张|个|则|条|封)[^，。：:,;；、]{{0,6}}?{_THING_ZH}"
    rf"|(?:给定|所给|提供)的[^，。：:,;；、]{{0,4}}{_THING_ZH}|给定{_THING_ZH}"
)
_POINTS_ZH = re.compile(rf"{_FOLLOWING_ZH}|{_GIVEN_ZH}")
_MAKES_ZH = re.compile(
    r"(?:请)?(?:编写|写一个|写出?一?段|创建一?个|设计一?个|构建一?个|实现|开发|使用|用|如何|怎么|怎样)"
    r"|.*(?:函数|算法|程序|系统|模型|正则|脚本|查询)"
)
_HOLDS_ZH = re.compile(r"[\"“”‘’《〈\[{(（<\dA-Za-z…]|[：:。？！?!；;]\s*\S")
_LONGEST_ZH = 60
_PROVIDED = re.compile(
    r"(?i)\bthe (?:provided|attached|above) (?:[\w#+.-]+ ){0,2}(?:code|snippet|script|passage"
    rf"|article|paragraph|image|picture|photo|table|text|document){_AFTER}"
    r"|\b(?:the (?:table|chart|graph|diagram|picture|image|photo|text|passage|paragraph"
    r"|article|code) (?:below|above)|the (?:following )?table below)\b"
)
_FOLLOWING_ELSEWHERE = re.compile(
    r"(?i)\b(?:(?:den|die|das|der|dem) folgende[nms]? (?:text|artikel|absatz|satz|tabelle|bild"
    r"|code|brief|gedicht)e?n?|(?:el|la) siguiente (?:texto|artículo|párrafo|frase|oración|tabla"
    r"|imagen|código|poema)"
    r"|(?:le|la|l['’])(?: ?)(?:texte|article|paragraphe|phrase|tableau|image|code|poème) suivante?"
    r"|(?:o|a) seguinte (?:texto|artigo|parágrafo|frase|tabela|imagem|código))"
    r"(?: [a-zà-ÿ]{2,20}){0,5}[.?!]?\Z"
)
_MAKES = re.compile(
    r"(?i)\A(?:please )?(?:write|create|build|develop|design a|implement|make|program|construct"
    r" a|generate a)\b"
)
# Anything behind "the following …" that may be what it announces.
_HOLDS = re.compile(r"[\"“”‘`\[{(=<\d\n;…]|[:,–—]\s*\S| - |[.?!]\s+\S|(?<!\w)'")


_MAY_POINT = (
    r"^\s*[^\n]*(?:(?i:the following\b|the (?:provided|attached|above) | this (?:[\w-]+ )?"
    r"(?:sentence|paragraph|passage|article|poem|painting|picture|photo|image|cartoon|comic|logo"
    r"|text|story)\b)"
    r"|(?i:(?:table|chart|graph|diagram|picture|image|photo|text|passage|paragraph|article|code)"
    r" (?:below|above)| folgende| siguiente | suivant| seguinte )"
    r"|以下|下列|下面|给定|所给|提供的|这[幅篇段首张个则条封])[^\n]*\s*$"
)


def _may_point(texts: Texts) -> Mask:
    """Tell which texts are short, of one line, and point at something."""
    found: Mask = (texts.lengths <= _LONGEST_BYTES) & texts.of_roles(USER)
    found[found] = texts.at(found).matching(_MAY_POINT)
    return found


_LONGEST_BYTES = 300


@rule("QLT054", "nothing-follows", severity="warning", kinds=ASKING, screen=_may_point)
def nothing_follows(row: Row) -> Iterator[Spot]:
    """The question points at a text or picture, and there is none.

    Why: the answer is about something that the model never sees, so it learns to invent.
    Example: "Describe the following painting in two sentences."
    Fix: put in what is missing, or remove the row.
    Source: AlpacaDataCleaned (README, point 4, missing code); defect in published data:
    Alpaca, CodeAlpaca.
    """
    first = opening(row)
    if first is None or first.given or not only_text(row) or _system_length(row):
        return
    text = first.question.text.strip()
    short = len(first.question.text.encode()) <= _LONGEST_BYTES
    if short and "\n" not in text and (pointing := _points_at_nothing(text)):
        message = "the question points at what is not there"
        yield Spot(first.question.pointer, message, pointing)


def _points_at_nothing(text: str) -> str | None:
    match = _FOLLOWING.search(text)
    if match is None and not _MAKES.match(text):
        match = _PROVIDED.search(text)
    if match is None and not _MAKES.match(text):
        match = _FOLLOWING_ELSEWHERE.search(text)
    if match:
        return None if _HOLDS.search(text[match.start() :]) else match.group()
    match = _POINTS_ZH.search(text) if len(text) <= _LONGEST_ZH else None
    if match is None or re.search(r"[。？！?!]", text[: match.start()]):
        return None
    if _HOLDS_ZH.search(text[match.start() :]):
        return None
    strong = re.match(_FOLLOWING_ZH, match.group())
    return match.group() if strong or not _MAKES_ZH.match(text) else None


_LONG_SYSTEM = 200


def _system_length(row: Row) -> bool:
    """Tell whether a system text is so long that what is missing may stand in it."""
    systems = [t.message for t in dialogue(row) if t.message["role"] in SYSTEM_ROLES]
    return any(len(message.get("content", "")) > _LONG_SYSTEM for message in systems)


_MAKE = r"(?:design|create|generate|make|produce|draw|sketch|paint|illustrate|render|compose)"
_PICTURE = (
    r"(?:logo|poster|illustration|drawing|painting|photo|photograph|picture|image|animation|meme"
    r"|infographic|graphic|video|sketch/drawing|pie chart|mood board|power ?point presentation)"
)
_DRAWING = re.compile(
    r"(?i)(?:\A|[.,;] )(?:please |can you |could you |you need to |i need you to |automatically )*"
    rf"{_MAKE} (?:me )?(?:an?|the|some) (?:(?!for|of|that|to|about|with)[\w-]+,? ){{0,3}}?"
    rf"{_PICTURE}s?(?: design)?(?=[.,;:!?]|\s*\Z| (?:of|for|that|which|to|about|with|in|on|or|and"
    r"|from|named|called|based|given|like|showing|representing|illustrating|depicting|featuring"
    r"|promoting|summari[sz]ing|explaining|conveying)\b)"
)
_PERFORMING = re.compile(
    r"(?i)\A(?:please )?(?:record a (?:\w+ )?(?:melody|song|video|message)|take a (?:photo|picture"
    r"|selfie|screenshot)|search (?:the (?:web|internet)|online)\b|browse the (?:web|internet)"
    r"|print out a 3d|download an? )"
)
_IN_TEXT = re.compile(
    r"(?i)\b(?:html|css|svg|ascii|code|program|python|java|javascript|matplotlib|plot|latex|mermaid"
    r"|function|script|describe|description|text-based|words|class|using|algorithm)\b"
)


@rule(
    "QLT055",
    "task-beyond-text",
    severity="info",
    kinds=ASKING,
    needs=rf"(?i:{_MAKE} (?:me )?(?:an?|the|some) [^\n.]*{_PICTURE}"
    r"|^(?:please )?(?:record a |take a |search (?:the|online)|browse the|print out a 3d"
    r"|download an? ))",
    roles=USER,
)
def task_beyond_text(row: Row) -> Iterator[Spot]:
    """The question asks for a picture, a sound or the web, which an answer in text cannot give.

    Why: the answer describes or pretends; the model learns to claim what it did not do.
    Example: "Design a logo for a bakery."
    Fix: ask for a description, let the answer say that it cannot, or remove the row.
    Source: AlpacaDataCleaned (README, point 5, "Instructions to generate images"); defect in
    published data: Alpaca.
    """
    if not only_text(row):
        return
    for exchange in asked(row):
        text = exchange.instruction
        match = _DRAWING.search(text) or _PERFORMING.search(text)
        if match is None or len(text) > _LONGEST_INSTRUCTION or _IN_TEXT.search(text):
            continue
        if exchange.answer is None or not _MARKED_UP.search(exchange.answer.text):
            message = "the question asks for more than a text can be"
            yield Spot(exchange.question.pointer, message, match.group().strip())


_MARKED_UP = re.compile(r"<svg|```|</\w+>")


_SAYS_MISSING = (
    r"(?i:\byou (?:have not|haven['’]t|did not|didn['’]t) (?:actually )?(?:provided?|given?"
    r"|included?|attach(?:ed)?|specif(?:y|ied)|shared?)\b)"
    r"|[您你](?:并)?(?:没有|尚未|未)(?:能)?(?:为我|给我|向我)?(?:提供|给出|指定|附上|给)"
)
_MISSING = re.compile(_SAYS_MISSING)
_EARLY = 100
_LONGEST_QUESTION = 300
_SHORT_INPUT = 30


@rule(
    "QLT056",
    "answer-says-text-is-missing",
    severity="info",
    kinds=("sft", "preference", "unpaired"),
    needs=_SAYS_MISSING,
    roles=("assistant",),
)
def answer_says_text_is_missing(row: Row) -> Iterator[Spot]:
    """The only answer of the row says that the user forgot to give what the question is about.

    Why: the input was lost on the way; a model trained on many such rows asks for a text that is
    there.
    Example: user "Summarize the text.", assistant "I'm sorry, but you did not provide a text."
    Fix: put in what is missing and answer it, or remove the row if it was not meant.
    Source: defect in published data: the Chinese alpaca_zh_demo of LLaMA-Factory, in which one row
    in 40 is such.
    """
    first = opening(row)
    if first is None or first.answer is None or not only_text(row):
        return
    users = sum(turn.message["role"] == "user" for turn in dialogue(row))
    if users != 1 or len(first.instruction) > _LONGEST_QUESTION or len(first.given) > _SHORT_INPUT:
        return
    match = _MISSING.search(first.answer.text, 0, _EARLY)
    if match:
        yield Spot(first.answer.pointer, "the answer misses what was asked about", match.group())


_DONE = (
    r"(?:edited|sent|saved|deleted|updated|clicked|printed|increased|decreased|booked|scheduled"
    r"|reserved|ordered|set|turned o(?:n|ff)|downloaded|uploaded|installed|opened|played|recorded"
    r"|posted|submitted|adjusted|rotated|resized|cropped|made|created|drawn|designed)"
)
_CLAIM = re.compile(
    r"(?i)\A(?:(?:(?:done|sure|ok|okay)[.,!] )?i(?: have|['’]ve) (?:just |now )?"
    rf"{_DONE} (?:an?|the|your) "
    rf"|(?:the|your) (?:[\w-]+ ){{1,4}}(?:has|have) been (?:successfully )?{_DONE}\b"
    r"|(?:created|recorded|printed|designed) (?:an?|the) "
    r"|(?:好的，)?(?:我)?已经?(?:为您|帮您|将您的)(?:设置|发送|创建|删除|添加|预订|更新|保存|打开|调整))"
)
# Tasks whose answer is a sentence, which may tell of something done.
_ON_LANGUAGE = re.compile(
    r"(?i)\b(?:sentences?|phrases?|words?|re-?write|reword|rephrase|paraphrase|translate|write|compose"
    r"|tense|voice|grammar|e-?mail|message|complete|dialogue|conversation|respon[ds]e?|reply|story"
    r"|caption|summari[sz]e|headline|quote|correct|punctuat\w+|statement|example|text|line|what|who|why|how|which)\b"
    r"|句|翻译|改写|写|[?？]"
)
_LONGEST_CLAIM = 240
_MOST_BYTES_OF_CHARACTER = 4
# The characters in which a claim is made.
_CLAIMED_BY = 160


def _may_claim(texts: Texts) -> Mask:
    """Return which answers are short and begin as a claim does."""
    longest = _MOST_BYTES_OF_CHARACTER * _LONGEST_CLAIM
    found = texts.of_roles(("assistant",)) & (texts.lengths <= longest)
    found[found] = heads_matching(
        texts.at(found),
        _CLAIMED_BY,
        r"^(?i:(?:(?:done|sure|ok|okay)[.,!] )?i(?: have|['’]ve) "
        r"|(?:the|your) [^\n]* ha(?:s|ve) been |(?:created|recorded|printed|designed) )"
        r"|已经?(?:为您|帮您|将您的)",
    )
    return found


@rule(
    "QLT057",
    "claims-to-have-acted",
    severity="info",
    kinds=("sft", "preference", "unpaired"),
    screen=_may_claim,
)
def claims_to_have_acted(row: Row) -> Iterator[Spot]:
    """The answer says that something was done in the world, and the row has no tools.

    Why: the model did nothing; it learns to tell the user that it did.
    Example: user "Remind me at ten.", assistant "I've set a reminder for ten o'clock."
    Fix: add the tool and its call, let the answer say what it cannot do, or remove the row.
    Source: AlpacaDataCleaned (README, point 9, "The font size has been increased"); defect
    in published data: Alpaca.
    """
    if not only_text(row) or any(turn.message["role"] == "tool" for turn in dialogue(row)):
        return
    first = opening(row)
    if first is None or first.answer is None or _ON_LANGUAGE.search(first.instruction):
        return
    said = first.answer.text
    head = said.strip()[:_CLAIMED_BY]
    if len(said) <= _LONGEST_CLAIM and (match := _CLAIM.match(head)):
        yield Spot(first.answer.pointer, "the answer claims an act of its own", match.group())


RULES: tuple[Rule, ...] = (
    nothing_follows,
    task_beyond_text,
    answer_says_text_is_missing,
    claims_to_have_acted,
)
