"""LOS: what an encoding cannot carry. An error loss keeps the row out unless it is allowed."""

from curate.codes.base import Code, Severity


def _loss(number: int, slug: str, severity: Severity, page: str) -> Code:
    return Code(f"LOS{number:03d}", slug, severity, page)


LOSSES = (
    _loss(2, "sys-mid", "error", "A system turn that is not the first has no place."),
    _loss(3, "role-dev", "info", "The developer role becomes system."),
    _loss(4, "role-func", "info", "A legacy function role or function_call is upgraded."),
    _loss(6, "tail", "error", "The conversation does not end on an assistant turn."),
    _loss(7, "head", "error", "The conversation does not begin with a user turn."),
    _loss(8, "turns", "error", "The turns do not fit the format's order of questions and answers."),
    _loss(9, "split", "info", "Where instruction ends and input begins is not known."),
    _loss(10, "tools", "error", "Tool schemas, calls or results are dropped."),
    _loss(11, "calltext", "error", "Text beside a tool call is dropped."),
    _loss(12, "callid", "info", "Ids of tool calls are dropped."),
    _loss(13, "synth-id", "info", "Ids of tool calls are invented."),
    _loss(14, "obs-split", "error", "One observation for several calls cannot be split."),
    _loss(15, "obs-join", "info", "Several tool results are joined in one turn."),
    _loss(16, "args-fmt", "info", "The argument text is not byte for byte the same."),
    _loss(17, "args-bad", "error", "Arguments are not a JSON object."),
    _loss(18, "weight", "error", "A message's weight is dropped, so other tokens are trained."),
    _loss(19, "name", "warning", "A message's name is dropped."),
    _loss(20, "refusal", "warning", "A refusal is dropped."),
    _loss(21, "reason", "error", "Reasoning is dropped."),
    _loss(22, "media", "error", "Media cannot be carried."),
    _loss(23, "parts", "info", "Several text parts are joined."),
    _loss(25, "pref-traj", "error", "An answer of several messages does not fit."),
    _loss(26, "margin", "warning", "The margin is dropped."),
    _loss(30, "null", "info", "Null, missing and empty become the same."),
    _loss(31, "num", "warning", "A number changes its spelling or its value."),
    _loss(32, "extra", "warning", "Columns beside the format's own are dropped."),
    _loss(33, "trainchg", "warning", "The same bytes, but the target trains other tokens."),
    _loss(34, "kind", "error", "The format has no place for rows of this kind."),
)
