"""LOS: what an encoding cannot carry. An error loss keeps the row out unless it is allowed."""

from textwrap import fill

from curate.codes.base import Code, Severity


def loss(number: int, slug: str, severity: Severity, title: str, why: str, fix: str) -> Code:
    """Return a LOS code whose page says why it matters and what to do."""
    lines = (f"Why: {why}", f"Fix: {fix}")
    said = "\n".join(fill(line, 100, break_on_hyphens=False) for line in lines)
    return Code(f"LOS{number:03d}", slug, severity, f"{title}\n\n{said}")


LOSSES = (
    loss(
        1,
        "sys-col",
        "warning",
        "A system column is dropped because a system turn is there.",
        "trainers let the turn win and lose the column without a word.",
        "keep one of the two.",
    ),
    loss(
        2,
        "sys-mid",
        "error",
        "A system turn that is not the first has no place.",
        "flat formats hold one system text at most, before everything else.",
        "choose a messages format (`--to openai`, `trl-messages`, `sharegpt`), or drop the turn "
        "with `--allow-loss LOS002`.",
    ),
    loss(
        3,
        "role-dev",
        "info",
        "The developer role becomes system.",
        "the format knows one role for instructions; chat templates render both the same or "
        "know only system.",
        "nothing to do, or `--to openai`, which keeps the role.",
    ),
    loss(
        4,
        "role-func",
        "info",
        "A legacy function role or function_call is upgraded.",
        "OpenAI replaced `function_call` by `tool_calls`, and chat templates render only these.",
        "nothing to do; `--to openai -o FILE.jsonl` writes the legacy spelling again.",
    ),
    loss(
        5,
        "merge",
        "warning",
        "Turns of one role in a row are merged.",
        "the format alternates user and assistant; the texts are joined to one turn.",
        "nothing to do, or `--to openai` or `trl-messages`, which keep the turns apart.",
    ),
    loss(
        6,
        "tail",
        "error",
        "The conversation does not end on an assistant turn.",
        "the format ends on the answer that is trained, so the turns behind the last answer "
        "have no place.",
        "answer or remove them, choose `--to openai` or `trl-messages`, or drop them with "
        "`--allow-loss LOS006`.",
    ),
    loss(
        7,
        "head",
        "error",
        "The conversation does not begin with a user turn.",
        "the format is made of questions with answers; an answer to nothing has no place.",
        "put the question before it, choose `--to openai` or `trl-messages`, or drop the turn "
        "with `--allow-loss LOS007`.",
    ),
    loss(
        8,
        "turns",
        "error",
        "The turns do not fit the format's order of questions and answers.",
        "two turns of one role would be joined to one, further exchanges left out, and without "
        "an exchange there is nothing to write.",
        "join turns with `--repair merge-consecutive`, choose `--to openai`, `trl-messages` or "
        "`sharegpt`, or accept what the message says with `--allow-loss LOS008`; an empty "
        "conversation has to be filled or removed.",
    ),
    loss(
        9,
        "split",
        "info",
        "Where instruction ends and input begins is not known.",
        "the row has one text of several lines; it becomes the instruction and the input stays "
        "empty, which trainers join to the same text.",
        "nothing to do, unless a reader treats the two apart: then split the text first.",
    ),
    loss(
        10,
        "tools",
        "error",
        "Tool schemas, calls or results are dropped.",
        "without them a model learns answers that come from nowhere, or no call at all.",
        "choose a format with tools (`--to openai`, `trl-messages`, `sharegpt`), JSON lines "
        "where a column is missing, or drop them with `--allow-loss LOS010`.",
    ),
    loss(
        11,
        "calltext",
        "error",
        "Text beside a tool call is dropped.",
        "a function_call turn holds the call alone; the text beside it would no longer be trained.",
        "choose `--to openai` or `trl-messages`, or drop the text with `--allow-loss LOS011`.",
    ),
    loss(
        12,
        "callid",
        "info",
        "Ids of tool calls are dropped.",
        "the format pairs results with calls by their order.",
        "nothing to do, or `--to openai` or `trl-messages`, which keep ids.",
    ),
    loss(
        13,
        "synth-id",
        "info",
        "Ids of tool calls are invented.",
        "the format requires an id on each call and result, and the row has none; they are "
        "paired in order.",
        "nothing to do; where results do not follow the order of the calls, give ids first.",
    ),
    loss(
        14,
        "obs-split",
        "error",
        "One observation for several calls cannot be split.",
        "each call needs its own result, and the text is no JSON list of as many items.",
        "write the observation as a JSON list with an item per call, or give it whole to the "
        "first call with `--allow-loss LOS014`.",
    ),
    loss(
        15,
        "obs-join",
        "info",
        "Several tool results are joined in one turn.",
        "ShareGPT has one observation after a function_call turn; it becomes a JSON list in the "
        "order of the calls.",
        "nothing to do, or `--to openai` or `trl-messages`, which keep results apart.",
    ),
    loss(
        16,
        "args-fmt",
        "info",
        "The argument text is not byte for byte the same.",
        "the format holds an object, or spells JSON in one way; the values are the same.",
        "nothing to do, or the format that the row came in.",
    ),
    loss(
        17,
        "args-bad",
        "error",
        "Arguments are not a JSON object.",
        "the format holds arguments as an object, and the text cannot become one without a guess.",
        "write the arguments as a JSON object with each key once, choose `--to openai`, which "
        "holds them as text, or keep the text with `--allow-loss LOS017`.",
    ),
    loss(
        18,
        "weight",
        "error",
        "A message's weight is dropped, so other tokens are trained.",
        "a weight of 0 keeps a turn out of the loss; without it the turn is trained as any other.",
        "choose `--to openai`, which has weights, make a row of each trained answer with `--repair "
        "split-at-answers`, or drop them with `--allow-loss LOS018`.",
    ),
    loss(
        19,
        "name",
        "warning",
        "A message's name is dropped.",
        "the format has no key for the speaker; some chat templates render it.",
        "choose `--to openai` or `trl-messages`, or write the name into the text.",
    ),
    loss(
        20,
        "refusal",
        "warning",
        "A refusal is dropped.",
        "it stands in a key of its own beside the content, which the format does not have.",
        "choose `--to openai`, or move the refusal's text to the content if it is to be trained.",
    ),
    loss(
        21,
        "reason",
        "error",
        "Reasoning is dropped.",
        "the format has no key for it, or it holds a tag that would end the `<think>` block that "
        "it becomes; without it a model learns answers that come from nowhere.",
        "choose `--to openai` or `trl-messages`, or accept it with `--allow-loss LOS021`.",
    ),
    loss(
        22,
        "media",
        "error",
        "Media cannot be carried.",
        "the format holds text; an answer about an image that is not there teaches invention.",
        "choose `--to openai -o FILE.jsonl` for images and files, `--to llamafactory-v1` or a "
        "format with tags (`sharegpt`, `swift`) for images, video and audio, or keep the text "
        "alone with `--allow-loss LOS022`.",
    ),
    loss(
        23,
        "parts",
        "info",
        "Several text parts are joined.",
        "the format holds one string; parts are put together with nothing between, as chat "
        "templates render them.",
        "nothing to do, or `--to openai -o FILE.jsonl`, which keeps parts.",
    ),
    loss(
        24,
        "pref-rej",
        "warning",
        "The rejected answer is dropped.",
        "a conversation has one answer; the pair's comparison is lost.",
        "choose `--to trl-preference`, which holds both sides.",
    ),
    loss(
        25,
        "pref-traj",
        "error",
        "An answer of several messages does not fit.",
        "the format holds one message for an answer; calls and results before it would be lost.",
        "choose `--to trl-preference` or `trl-kto`, or keep the last message alone with "
        "`--allow-loss LOS025`.",
    ),
    loss(
        26,
        "margin",
        "warning",
        "The margin is dropped.",
        "the format has no column for it, so a reward trainer takes every pair for equally clear.",
        "choose `--to trl-preference`, which has a margin.",
    ),
    loss(
        27,
        "pair",
        "warning",
        "A pair becomes two judged answers that no longer know of each other.",
        "methods on single answers compare each with all others, not with its partner.",
        "choose `--to trl-preference`, which keeps the pair.",
    ),
    loss(
        28,
        "kto-neg",
        "warning",
        "An answer labelled as not desired is dropped.",
        "a conversation that is trained as it is must not hold what is to be avoided.",
        "choose `--to trl-kto`, which keeps the label.",
    ),
    loss(
        29,
        "roles-text",
        "info",
        "Roles, masks and tools are flattened into one text by a template.",
        "plain text is trained from its first to its last character, the user's part too.",
        "nothing to do where text was asked for; else choose `--to trl-messages`.",
    ),
    loss(
        30,
        "null",
        "info",
        "Null, missing and empty become the same.",
        "the format has one spelling for nothing; trainers read all of them alike.",
        "nothing to do, or the format that the row came in.",
    ),
    loss(
        31,
        "num",
        "warning",
        "A number changes its spelling or its value.",
        "the format holds arguments as an object, whose numbers are doubles or 64-bit integers.",
        "choose `--to openai`, which holds arguments as text, or write the number as text.",
    ),
    loss(
        32,
        "extra",
        "warning",
        "Columns beside the format's own are dropped.",
        "the format has no place for the key, or means something else by its name.",
        "rename the column or leave it out; JSON lines (`-o FILE.jsonl`) hold more keys than "
        "tables.",
    ),
    loss(
        33,
        "trainchg",
        "warning",
        "The same bytes, but the target trains other tokens.",
        "plain text becomes a chat that goes through the template, or only the last of several "
        "answers is trained.",
        "write plain texts in a TRL format as JSON lines (`-o FILE.jsonl`); of several answers "
        "`--repair split-at-answers` makes a row each, and `--to trl-messages` trains all.",
    ),
    loss(
        34,
        "kind",
        "error",
        "The format has no place for rows of this kind.",
        "pairs, judged answers, conversations and plain text are trained by different methods; "
        "a value of the wrong type has no place in a column either.",
        "choose a format of the row's kind (`curate formats`) or keep one kind with `--kind`; "
        "where a column refuses a value, write JSON lines (`-o FILE.jsonl`).",
    ),
    loss(
        35,
        "audioref",
        "warning",
        "A reference to an earlier spoken answer is dropped.",
        "`audio.id` names an answer on OpenAI's servers; no other format has a key for it.",
        "choose `--to openai -o FILE.jsonl`.",
    ),
    loss(
        36,
        "reason-move",
        "info",
        "Reasoning moves to another key or into the text.",
        "consumers read reasoning from different places: a key of the message or a <think> block.",
        "nothing to do; the text is the same.",
    ),
    loss(
        37,
        "media-pos",
        "error",
        "The place of media inside the text changes.",
        "the format puts media at a fixed place of the turn, away from the text that speaks of it.",
        "choose a format with tags or parts, or accept it with `--allow-loss LOS037`.",
    ),
    loss(
        38,
        "detail",
        "info",
        "The wanted resolution of an image is dropped.",
        "only OpenAI's parts have `detail`.",
        "nothing to do, or `--to openai -o FILE.jsonl`.",
    ),
    loss(
        39,
        "tagtext",
        "warning",
        "A media tag that was typed as text is escaped.",
        "the format counts each `<image>` as an image, and trainers stop where the counts differ.",
        "nothing to do; the sign after `<` is a zero-width one, so that the tag stays legible.",
    ),
    loss(
        40,
        "kto-unpaired",
        "warning",
        "A judged answer found no partner for its prompt.",
        "a pair needs a desired and an undesired answer to the same prompt.",
        "choose `--to trl-kto`, which needs no partner.",
    ),
    loss(
        41,
        "obj",
        "error",
        "Grounding objects are dropped.",
        "boxes and references stand in `objects`, which only ms-swift reads.",
        "choose `--to swift`, or accept it with `--allow-loss LOS041`.",
    ),
    loss(
        42,
        "branch",
        "warning",
        "Replies beside the chosen path of a tree are left out.",
        "a row is one conversation; a tree of replies holds many.",
        "nothing to do, or read all paths with `--from oasst-paths`, `chatgpt-paths` or "
        "`claude-paths`.",
    ),
)
