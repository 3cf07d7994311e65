"""QLT010–QLT014: answers in which a model speaks of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.quality.edges import begins
from curate.checks.quality.learned import ANSWERS, KINDS, Answered, answered, spoken_to_user
from curate.row import Row

_AROUND = 60
_CANNOT = (
    r"(?:(?:i|we) (?:currently )?(?:can ?not|can['’]t|could ?n[o'’]t|do not|don['’]t) "
    r"(?:have (?:(?:the |any |direct )?(?:access|ability|abilities|capability|capabilities"
    r"|information|data|tools|means))|provide|answer|fulfil|comply|assist|help|complete|create"
    r"|generate|access|perform|support|engage|determine|estimate|retrieve|predict|browse|view|see"
    r"|open|process|find|make|give|write|book|order|show|draw|play|be )"
    r"|(?:i am|i['’]m) (?:currently )?(?:unable|not able|not capable|not programmed)"
    r"|cannot be (?:generated|provided|completed|done)|(?:as|i am|i['’]m) an? ai\b)"
)
_REFUSAL = re.compile(
    rf"(?i)\W{{0,3}}(?:(?:i(?:['’]m| am)|we(?:['’]re| are)) (?:really |very |so |truly |deeply )?"
    rf"sorry|sorry|i (?:do )?apologi[sz]e|(?:my )?apologies|unfortunately|regrettably)\b"
    rf"[^.!?\n]{{0,70}}?\b{_CANNOT}"
    r"|\W{0,3}(?:i (?:can ?not|can['’]t|am (?:currently )?(?:unable|not able) to)"
    r"|i['’]m (?:currently )?(?:unable|not able) to) "
    r"(?:provide|answer|fulfil|comply|assist|complete|do that|create|generate|access|set up"
    r"|perform|support|engage|determine|recommend|predict|browse|view|open|process)\b"
    r"|(?:我)?(?:非常|很|十分)?(?:抱歉|对不起|不好意思)[^。！？\n]{0,40}?(?:无法|不能|没有办法|没有能力)"
    r"|(?:由于)?我(?:无法|不能)(?:直接)?(?:提供|回答|访问|执行|创建|完成|预测|查看|看到)"
    r"|\W{0,3}(?:(?:es )?tut mir (?:sehr )?leid\b[^.!?\n]{0,80}?\bkann\b"
    r"[^.!?\n]{0,60}?\b(?:nicht|keine?n?)\b"
    r"|lo siento\b[^.!?\n]{0,40}?\bno (?:puedo|me es posible|tengo acceso)\b"
    r"|(?:je suis (?:vraiment |sincèrement )?)?désolée?\b[^.!?\n]{0,40}?\bje ne (?:peux|suis pas)\b"
    r"|(?:desculpe|sinto muito|lamento)\b[^.!?\n]{0,40}?\bnão (?:posso|consigo)\b"
    r"|mi dispiace\b[^.!?\n]{0,40}?\bnon (?:posso|sono in grado)\b"
    r"|(?:к сожалению|извините|простите)\b[^.!?\n]{0,40}?\bя не могу\b"
    r"|(?:申し訳(?:ありません|ございません)|すみません)[^。\n]{0,40}?(?:できません|できかねます)"
    r"|죄송(?:합니다|하지만)[^.\n]{0,40}?(?:수 없|없습니다))"
)
# What assistants say word for word: no letter and no story holds nothing else.
_CANNED = re.compile(
    r"(?i)\W{0,3}(?:i['’]m|i am) (?:very |so |really )?sorry,? but i"
    r" (?:can(?:no|['’])t|am (?:unable|not able) to) (?:assist|help|fulfil+|comply|continue)"
    r"(?: you)?(?: with)?(?: that| this| your)?(?: request| question)?[.!]?\s*"
)
_MAY_BE_SAID = re.compile(
    r"(?i)\b(?:excuse|repl(?:y|ies)|respon[ds]|apolog|declin|refus|translat|rewrite|rephras|paraphras"
    r"|say|repeat|correct|sentence)"
)


def _without_tools(row: Row) -> Iterator[Answered]:
    # With tools, to say what none of them can do is often what is to be learned.
    return iter(()) if row.get("tools") else answered(row)


# Answers that are themselves what was asked for: an excuse, a letter, a part in a play.
_ROLE_PLAYED = re.compile(
    r"(?i)\b(?:excuse|e-?mail|letter|reply|response|apolog|dialogue|conversation|story|script|poem"
    r"|lyrics|sentence|rewrite|rephrase|translate|paraphrase|message|decline|refus"
    r"|brief|entschuldig|absage|übersetz|carta|correo|disculp|traduc|traduz|lettre|courriel|excus"
    r"|tradui|scus[ae]|lettera)|письм|извинен|перев[её]|メール|手紙|翻訳|断|메일|편지|번역"
)


@rule(
    "QLT010",
    "answer-refuses",
    severity="info",
    kinds=KINDS,
    screen=begins(
        r"(?i:^\W{0,3}(?:(?:i(?:['’]m| am)|we(?:['’]re| are)) (?:\w+ )?sorry|sorry|i (?:do )?apolog"
        r"|(?:my )?apologies|unfortunately|regrettably|i (?:can ?not|can['’]t|am )"
        r"|i['’]m (?:currently |unable|not able)))"
        r"|^(?:由于)?我?(?:非常|很|十分)?(?:抱歉|对不起|不好意思|无法|不能)"
        r"|(?i:^\W{0,3}(?:(?:es )?tut mir|lo siento|je suis |désol|desculpe|sinto muito|lamento"
        r"|mi dispiace|к сожалению|извините|простите))|^\W{0,3}(?:申し訳|すみません|죄송)"
    ),
    roles=ANSWERS,
)
def refusal(row: Row) -> Iterator[Spot]:
    """An answer begins with a refusal.

    Why: a few refusals teach a model to refuse tasks that it could do; which ones are right is a
    matter of taste, so this is a hint. Rows with tools are passed over.
    Example: "I'm sorry, but I cannot create images."
    Fix: answer the question, or remove the row.
    Source: airoboros `example-config.yaml` (filter words); defect in published data: LLaMA-Factory
    `alpaca_en_demo`, `alpaca_zh_demo`.
    """
    for each in _without_tools(row):
        canned = _CANNED.fullmatch(each.answer)
        played = (_MAY_BE_SAID if canned else _ROLE_PLAYED).search(each.instruction)
        if (match := canned or _REFUSAL.match(each.answer)) and not played:
            yield Spot(each.pointer, "the answer refuses", match.group())


_AS_AI = (
    r"\b(?:as|i am|i['’]m)(?: just| only| merely)? (?:an ai|an artificial intelligence"
    r"|an? (?:large |generative |computer |text-based |ai )?(?:language model|llm)"
    r"|a (?:text |text-based |ai )?chatbot)\b"
)
_AS_AI_CHINESE = (
    r"(?:作为|我是|我只是)(?:一个|一款|一名|一位)?(?:大型|文本|语言)?"
    r"(?:AI|人工智能|语言模型|聊天机器人|文本机器人|虚拟助手)"
)
_AS_AI_ELSEWHERE = (
    r"als (?:ein |eine )?(?:KI-)?(?:Sprachmodell|künstliche Intelligenz)"
    r"|en tant que modèle de langage"
    r"|como (?:un |um |uma )?(?:modelo de l[ei]n|inteligencia artificial|inteligência artificial)"
    r"|言語モデルとして|AIアシスタントとして|AI 언어 모델"
)
_AI_WORDS_ELSEWHERE = (
    r"sprachmodell|künstliche int|modèle de langage|modelo de leng|modelo de ling"
    r"|inteligencia art|inteligência art|言語モデルとして|AIアシスタントとして|AI 언어 모델"
)
# What every match has in it, with words of four bytes that are rare elsewhere.
_AI_WORDS = (
    r"(?i:(?:\bas|\bam|['’]m)(?: just| only| merely)? (?:an ai\b|an artificial intelligence"
    r"|an?(?: [a-z-]{1,12})?(?: language model| llm)\b|a(?: [a-z-]{1,11})? chatbot\b))|"
    + _AS_AI_CHINESE
)
_SPEAKS_AS_AI = re.compile(f"(?i:{_AS_AI}|{_AS_AI_ELSEWHERE})|{_AS_AI_CHINESE}")
_ASKED_WHO = re.compile(
    r"(?i)\b(?:who|what) (?:are|r) (?:you|u)\b|your ?self|your name|you called|\bare you\b"
    r"|about you\b|who you are|\b(?:who|which company|which lab) \w+ you\b"
    r"|\bAI\b|artificial intelligence|chatbot|language model|virtual assistant|robot|\bAPIs?\b"
    r"|你是|你叫|您是|您叫"
    r"|wer bist du|über dich|\bKI\b|künstliche|qui (?:es|êtes)|\bIA\b|quién eres|quem é você"
    r"|chi sei"
    r"|кто ты|искусственн|あなたは|人工知能|인공지능|누구"
    r"|自我介绍|介绍.{0,4}你|人工智能|机器人|(?:created|made|built|developed|trained) you"
)


@rule(
    "QLT011",
    "speaks-as-an-ai",
    severity="info",
    kinds=KINDS,
    needs=f"{_AI_WORDS}|(?i:{_AI_WORDS_ELSEWHERE})",
    roles=ANSWERS,
)
def speaks_as_an_ai(row: Row) -> Iterator[Spot]:
    """An answer says "As an AI language model" though the question is not about that.

    Why: the words of another model; the trained one learns to put them before its answers and to
    do less than it could.
    Example: "As an AI language model, I do not have preferences."
    Fix: cut the phrase, answer the question, or remove the row.
    Source: airoboros `example-config.yaml` (filter words); defect in published data: LLaMA-Factory
    `alpaca_en_demo`, `alpaca_zh_demo`.
    """
    for each in _without_tools(row):
        if (match := _SPEAKS_AS_AI.search(each.answer)) and not _ASKED_WHO.search(each.question):
            yield Spot(each.pointer, "the answer speaks as an AI", _from(each.answer, match))


def _from(text: str, match: re.Match[str]) -> str:
    return text[match.start() : match.end() + _AROUND]


_ASSISTANTS = (
    r"(?:ChatGPT|GPT-?[34][\w.-]*|Claude|Bard|Gemini|Copilot|Bing Chat|Vicuna|Alpaca"
    r"|Llama(?:[ -]?\d[\w.]*)?|Qwen|DeepSeek|Mistral|Mixtral|Grok|ChatGLM|Baichuan"
    r"|Kimi|Doubao)"
)
_VENDORS = (
    r"(?:OpenAI|Anthropic|Google(?: DeepMind| AI)?|Meta(?: AI)?|Microsoft|Alibaba(?: Cloud)?|Baidu"
    r"|DeepSeek|Mistral(?: AI)?|xAI|LMSYS|Large Model Systems|LAION|Databricks)"
)
_MADE = r"(?:trained|created|developed|made|built|designed)"
_OTHER = (
    rf"\b(?:I am|I['’]m|[Mm]y name is|(?:[Yy]ou can|[Pp]lease|[Yy]ou may) call me|this is)"
    rf" (?:called |named |actually |just )?{_ASSISTANTS}\b"
    rf"|\b(?:I am|I['’]m|I was|me,?|model,?|assistant,?|AI)(?: an? [\w -]{{2,40}}?,?)?"
    rf"(?: that was| called \w+,?| named \w+,?)?(?: and I was)? {_MADE} by (?:the )?"
    rf"(?:researchers (?:from|at) )?{_VENDORS}\b"
)
_OTHER_CHINESE = (
    r"我(?:是|叫|的名字(?:是|叫))(?:一个|一款)?(?:ChatGPT|Claude|Gemini|文心一言|通义千问|讯飞星火"
    r"|豆包|混元|智谱清言|DeepSeek|Kimi|Qwen)|我是?由(?:OpenAI|Anthropic|谷歌|百度|阿里|腾讯|字节|Meta"
    r"|DeepSeek|月之暗面|智谱)[^。，\n]{0,12}(?:开发|训练|创建|研发)"
)
# Words that are in every match, at most 48.
_OTHER_NAMES = (
    r"ChatGPT|GPT-|GPT3|GPT4|Claude|Bard|Gemini|Copilot|Bing Chat|Vicuna|Alpaca|Llama|Qwen|DeepSeek"
    r"|Mistral|Mixtral|Grok|ChatGLM|Baichuan|Kimi|Doubao|enAI"
    r"|Anthropic|Google|Meta\b|Microsoft|Alibaba|Baidu| xAI\b|LMSYS|Model Sys|LAION|Databricks"
    r"|文心一言|通义千问|讯飞星火|豆包|混元|智谱|由谷歌|由百度|由阿里|由腾讯|由字节|由月之暗面"
)
_IS_OTHER = re.compile(f"{_OTHER}|{_OTHER_CHINESE}")
_FIRST_PERSON = re.compile(r"\b(?:I|me|[Mm]y|I['’]m)\b|我")


@rule(
    "QLT012",
    "another-assistants-identity",
    severity="warning",
    kinds=KINDS,
    needs=_OTHER_NAMES,
    roles=ANSWERS,
)
def another_assistants_identity(row: Row) -> Iterator[Spot]:
    """An answer says that it is, or was made by the makers of, a known assistant.

    Why: the trained model will call itself so, which is false and cannot be talked out of it.
    Example: "I am ChatGPT, a language model trained by OpenAI."
    Fix: put your own model's name, or remove the row. For the maker's own data: --ignore QLT012.
    Source: open-instruct `scripts/data/sft/utils.py` (`should_be_filtered_by_keyword`); FastChat
    `data/dummy_conversation.json`.
    """
    for pointer, _, text in spoken_to_user(row):
        if not _FIRST_PERSON.search(text):
            continue
        for match in _IS_OTHER.finditer(text):
            sentence = text[max(0, text.rfind(".", 0, match.start())) : match.end()]
            if _FIRST_PERSON.search(sentence) and not _quoted(text, match):
                yield Spot(pointer, "the answer says it is another assistant", match.group())
                break


def _quoted(text: str, match: re.Match[str]) -> bool:
    return text[max(0, match.start() - 1) : match.start()] in ('"', "“", "'", "「")


_CUTOFF = (
    r"\b(?:my (?:knowledge|training)(?: data)? (?:cut[- ]?off|was last updated"
    r"|only (?:goes|extends))"
    r"|(?:as of|since|after|beyond|until|up to) my (?:last|latest|knowledge|training)"
    r"(?: knowledge| training)? ?(?:update|cut[- ]?off|data)?"
    r"|my (?:last|latest) (?:knowledge )?update\b"
    r"|my training data (?:only )?(?:goes|includes|extends|ends|is limited)"
    r"|knowledge cut-?off (?:date )?(?:is|of|in|was))"
)
_CUTOFF_CHINESE = (
    r"截至我(?:的)?(?:最后|知识|训练|上次)|知识截止"
    r"|我的(?:知识|训练数据)(?:库)?(?:截止|截至|只到|更新)"
)
_HAS_CUTOFF = re.compile(f"(?i:{_CUTOFF})|{_CUTOFF_CHINESE}")


@rule(
    "QLT013",
    "speaks-of-knowledge-cutoff",
    severity="info",
    kinds=KINDS,
    needs=r"(?i:my knowledge|my training|my last|my latest|knowledge cut)"
    r"|截至我|我的知识|我的训练|知识截",
    roles=ANSWERS,
)
def speaks_of_knowledge_cutoff(row: Row) -> Iterator[Spot]:
    """An answer speaks of the day at which its knowledge ends.

    Why: it is the day of the model that wrote the answer; the trained model has another one.
    Example: "As of my last update in September 2021, the record stands."
    Fix: cut the clause, or remove the row.
    Source: open-instruct `scripts/data/filtering_and_updates/filter_cutoff_date.py`.
    """
    for pointer, _, text in spoken_to_user(row):
        if match := _HAS_CUTOFF.search(text):
            yield Spot(pointer, "the answer speaks of a knowledge cutoff", _from(text, match))


_NOT_LIVE = (
    r"\bI (?:do not|don['’]t|cannot|can['’]t|am (?:unable|not able) to)\b[^.!?\n]{0,50}?"
    r"(?:real-time|browse the|up-to-date (?:information|data))"
)
_NOT_LIVE_CHINESE = (
    r"我(?:无法|不能|没有)[^。！？\n]{0,12}(?:实时|联网|互联网|最新的?(?:数据|信息))"
)
_HAS_NOT_LIVE = re.compile(f"(?i:{_NOT_LIVE})|{_NOT_LIVE_CHINESE}")


@rule(
    "QLT014",
    "speaks-of-no-live-access",
    severity="info",
    kinds=KINDS,
    needs=r"(?i:real-time|browse the|up-to-date)|实时|联网|互联网|最新的?(?:数据|信息)",
    roles=ANSWERS,
)
def speaks_of_no_live_access(row: Row) -> Iterator[Spot]:
    """An answer says that it has no live data or cannot browse.

    Why: true of the model that wrote it, perhaps not of the one that is trained, which may have
    search or tools and learns not to use them.
    Example: "I don't have access to real-time information."
    Fix: answer what can be said, or remove the row.
    Source: defect in published data: LLaMA-Factory `alpaca_en_demo`, `alpaca_zh_demo`.
    """
    for pointer, _, text in spoken_to_user(row):
        if match := _HAS_NOT_LIVE.search(text):
            yield Spot(pointer, "the answer says that it has no live access", _from(text, match))


RULES = (
    refusal,
    speaks_as_an_ai,
    another_assistants_identity,
    speaks_of_knowledge_cutoff,
    speaks_of_no_live_access,
)
