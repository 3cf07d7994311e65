"""Conversations to plain text by a chat template, which needs the extra `tokens`."""

from __future__ import annotations

from pathlib import Path

from curate.errors import MissingExtraError, UsageError
from curate.files.json_text import dumps
from curate.finding import Hit
from curate.formats.recast import Recast
from curate.row import Row

_GONE = frozenset({"messages", "tools", "media", "layout"})


def text_of_chat(name: str) -> Recast:
    """Return the change of a conversation into the text that a template makes of it.

    Nothing is added around it: no token of a tokenizer, no end of sequence that the template does
    not write itself.

    Args:
        name: A shipped template's name, or the path of a `.jinja` file.

    Raises:
        MissingExtraError: If jinja2 is not installed.
        UsageError: If there is no such template, or it is wrong.
    """
    try:
        from curate.render.template import SHIPPED, Specials, foreign, shipped
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name or "jinja2", "tokens") from None
    path = Path(name)
    if name in SHIPPED:
        template = shipped(name)
    elif path.is_file():
        template = foreign(path.as_posix(), path.read_text("utf-8"))
    else:
        raise UsageError(
            f"there is no template {name}", hint=f"one of {', '.join(SHIPPED)}, or a .jinja file"
        )
    specials = Specials(eos="")

    def change(row: Row, hits: list[Hit]) -> list[Row]:
        layout = row.get("layout")
        found = template.row(
            {**row, "layout": dumps(layout)} if layout else row, specials, "all"
        )  # fmt: skip
        if isinstance(found, Hit):
            fix = found.fix or "choose a template that has a place for it, as a .jinja file"
            hits.append(found._replace(code="LOS034", fix=fix))
            return [row]
        hits.append(Hit("LOS029", "/messages", f"the template {name} makes one text of it"))
        kept = {key: value for key, value in row.items() if key not in _GONE}
        return [kept | {"text": "".join(segment.text for segment in found.segments)}]

    return change
