"""ms-swift's own loader: `swift.dataset.load_dataset` with its preprocessors."""

from __future__ import annotations

from typing import Any

from exchange import Job, View, call, opened, serve, tools_of, turn
from swift.dataset import load_dataset


def read(job: Job) -> list[View]:
    rows, _ = load_dataset(
        [job["path"]],
        num_proc=1,
        load_from_cache_file=False,
        strict=False,
        remove_unused_columns=True,
    )
    return [_view(row) for row in rows]


def _view(row: dict[str, Any]) -> View:
    view: View = {"turns": _turns(row["messages"])}
    if row.get("tools"):
        view["tools"] = tools_of(row["tools"])
    if isinstance(row.get("rejected_response"), str):
        view["chosen"] = [view["turns"].pop()]
        view["rejected"] = [turn("assistant", row["rejected_response"])]
    elif row.get("rejected_messages"):
        rejected = _turns(row["rejected_messages"])
        same = 0
        while view["turns"][same : same + 1] == rejected[same : same + 1] != []:
            same += 1
        view["chosen"], view["rejected"] = view["turns"][same:], rejected[same:]
        del view["turns"][same:]
    for name in ("label", "margin"):
        if row.get(name) is not None:
            view[name] = row[name]
    if row.get("images"):
        view["images"] = [image["path"] for image in row["images"]]
    return view


def _turns(messages: list[dict[str, Any]]) -> list[View]:
    """Return the turns; `tool_call` messages in a row are the parallel calls of one turn."""
    turns: list[View] = []
    before = None
    for message in messages:
        role, content = message["role"], message["content"]
        flags = {"loss": message.get("loss")}
        if role == "tool_call":
            called = opened(content)
            single = isinstance(called, dict)
            # A list of calls stays one call, of no name: the templates ask each for its name.
            made = call(called["name"], called["arguments"]) if single else call(None, called)
            if before == "tool_call":
                turns[-1]["calls"].append(made)
            else:
                turns.append(turn("assistant", None, [made], **flags))
        else:
            role_now = "tool" if role == "tool_response" else role
            turns.append(turn(role_now, content, **flags))
        before = role
    return turns


if __name__ == "__main__":
    serve(["ms-swift", "datasets", "pyarrow", "transformers"], read)
