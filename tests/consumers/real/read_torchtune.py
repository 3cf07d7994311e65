"""torchtune's own dataset builders; a row that one of its transforms refuses stops the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange import Job, View, serve, turn
from torchtune.data import Message
from torchtune.datasets import (
    alpaca_dataset,
    chat_dataset,
    instruct_dataset,
    preference_dataset,
    text_completion_dataset,
)

BUILDERS = {
    "alpaca": alpaca_dataset,
    "chat": chat_dataset,
    "instruct": instruct_dataset,
    "preference": preference_dataset,
    "text": text_completion_dataset,
}


class Bytes:
    """A tokenizer of bytes, which a user of torchtune brings; it keeps the messages it is given."""

    max_seq_len = None

    def __init__(self) -> None:
        self.seen: list[list[Message]] = []

    def __call__(self, sample: Mapping[str, Any], inference: bool = False) -> dict[str, Any]:
        tokens, mask = self.tokenize_messages(sample["messages"])
        return {"tokens": tokens, "mask": mask}

    def encode(self, text: str, add_bos: bool = True, add_eos: bool = True) -> list[int]:
        return list(text.encode())

    def tokenize_messages(self, messages: list[Message]) -> tuple[list[int], list[bool]]:
        self.seen.append(messages)
        tokens: list[int] = []
        mask: list[bool] = []
        for message in messages:
            said = self.encode(message.text_content)
            tokens += said
            mask += [message.masked] * len(said)
        return tokens, mask


def read(job: Job) -> list[View]:
    tokenizer = Bytes()
    options = dict(job["options"])
    options.setdefault("split", "train")
    dataset = BUILDERS[options.pop("builder")](tokenizer, **options)
    views = []
    for number in range(len(dataset)):
        tokenizer.seen.clear()
        made = dataset[number]
        if "chosen_input_ids" in made:
            views.append(_pair(*map(_turns, tokenizer.seen)))
        elif tokenizer.seen:
            trains = "|".join(m.text_content for m in tokenizer.seen[0] if not m.masked)
            views.append({"turns": _turns(tokenizer.seen[0]), "trains": trains})
        else:
            views.append({"text": bytes(made["tokens"]).decode()})
    return views


def _turns(messages: list[Message]) -> list[View]:
    return [turn(message.role, message.text_content) for message in messages]


def _pair(chosen: list[View], rejected: list[View]) -> View:
    same = 0
    while chosen[same : same + 1] == rejected[same : same + 1] != []:
        same += 1
    return {"turns": chosen[:same], "chosen": chosen[same:], "rejected": rejected[same:]}


if __name__ == "__main__":
    serve(["torchtune", "datasets", "pyarrow", "torch"], read)
