"""RUN: why a training plan is refused, or why a run stops."""

from curate.codes.base import Code


def _run(number: int, slug: str, page: str) -> Code:
    return Code(f"RUN{number:03d}", slug, "error", page)


TRAINING: tuple[Code, ...] = (
    _run(
        1,
        "other-method",
        """\
The recipe is for a method that this command does not run.

Why: a preference recipe run as supervised fine-tuning would train on other tokens than it says.
Fix: use the command of the recipe's method, or a recipe with `method: sft`.""",
    ),
    _run(
        2,
        "no-dataset",
        """\
The dataset folder does not exist.

Fix: run the commands at the head of the recipe; they make it.""",
    ),
    _run(
        3,
        "not-a-dataset",
        """\
The folder has no card of ours, or one that this version cannot read.

Why: only a card says what the files hold and that they were checked.
Fix: make the folder with `curate convert … -o FOLDER`.""",
    ),
    _run(
        4,
        "not-rows",
        """\
The folder holds another format's columns, or another container than Arrow.

Why: training reads one thing, so that every fault is found before it.
Fix: `curate convert FOLDER -o OTHER` (by default it writes rows in Arrow).""",
    ),
    _run(
        5,
        "wrong-kind",
        """\
The rows are of a kind that the method does not read.

Example: preference pairs under `method: sft`
Fix: `curate convert FOLDER --kind sft -o OTHER`.""",
    ),
    _run(
        6,
        "changed-data",
        """\
A file of the dataset is not the one that the card describes.

Why: what was checked is not what would be trained. Edited, truncated and half-copied files all
end here.
Fix: `curate validate FOLDER`, then convert it again.""",
    ),
    _run(
        7,
        "not-validated",
        """\
The card records errors, or no validation at all.

Fix: `curate validate FOLDER` shows them; `curate convert` writes a folder without them.""",
    ),
    _run(
        8,
        "no-split",
        """\
A split that the recipe names is not in the folder.

Fix: name one that is, or hold rows out with `data.eval_ratio`.""",
    ),
    _run(
        9,
        "not-expressible",
        """\
The template has no place for something that the row holds.

Why: leaving it out would train on another conversation than the one that was checked.
Example: a system message under `template: instruction`, a tool call under `template: chatml`
Fix: use a template that has the place, or take the rows out.""",
    ),
    _run(
        10,
        "no-mask",
        """\
The template does not say which of its text the assistant wrote.

Why: a mask that is guessed trains on the wrong tokens, and the loss still looks healthy.
Fix: `loss_on: all`, or a template with `{% generation %}` around the assistant's text.
Source: TRL 1.16 accepts only templates that it knows by their text.""",
    ),
    _run(
        11,
        "template",
        """\
The template is missing, wrong, or needs a token that the tokenizer does not have.

Fix: the message names the place.""",
    ),
    _run(
        12,
        "too-long",
        """\
Rows are longer than `max_length`.

Why: other trainers cut them in silence, and the end of an answer is what gets lost.
Fix: raise `data.max_length`, or choose with `data.too_long` what happens: drop, cut or split.""",
    ),
    _run(
        13,
        "untrained-row",
        """\
No token of the row would be trained.

Why: such a row costs time and teaches nothing; where every row is one, the loss is 0.0 and the run
"succeeds". The prompt alone fills `max_length`, or the answer is empty or weighted 0.
Fix: raise `data.max_length`, or set `data.too_long: drop`; otherwise take the rows out.
Source: huggingface/trl#6668.""",
    ),
    _run(
        14,
        "conflict",
        """\
Two values of the recipe cannot both hold.

Example: `too_long: split` with `packing: none`
Fix: the message names both.""",
    ),
    _run(
        15,
        "no-step",
        """\
The plan has fewer than one optimizer step.

Why: other trainers save the untrained model as if it had been trained.
Fix: more rows, more epochs, or a smaller batch.""",
    ),
    _run(
        16,
        "no-model",
        """\
The base model or its tokenizer is not on this machine.

Fix: download it (`hf download NAME`), or rehearse with `--set model.base=tiny`.""",
    ),
    _run(
        17,
        "beyond-positions",
        """\
`max_length` is beyond the positions that the model was built for.

Why: nothing stops the run, and the model learns nothing useful there.
Fix: lower `data.max_length`.""",
    ),
    _run(
        18,
        "output-in-use",
        """\
The output folder holds a run already, or something else.

Fix: continue the run with `--resume`, or name another folder with `--set output=…`.""",
    ),
    _run(
        19,
        "resume-differs",
        """\
The run to be continued was planned otherwise.

Why: other trainers keep the old learning rate, or go on with other data, and say nothing.
Fix: undo the change, or start a new run in another folder.""",
    ),
    _run(
        20,
        "nothing-to-resume",
        """\
There is no run to continue in the output folder.

Fix: start it without `--resume`.""",
    ),
    _run(
        21,
        "diverged",
        """\
The loss is not a number any more.

Why: transformers logs such a loss as 0.0 and goes on. The run stops instead; the checkpoints from
before are whole.
Fix: a lower learning rate, warm-up, or a lower `max_grad_norm`.
Source: huggingface/trl#6702.""",
    ),
    _run(
        22,
        "extra-key",
        """\
A key under `extra` is unknown to the TRL config, or has a place of its own in the recipe.

Fix: the message names the place.""",
    ),
    _run(
        23,
        "quantized-full",
        """\
A quantized model cannot be trained in full.

Fix: give an `adapter`, or set `model.quantization: null`.""",
    ),
    _run(
        24,
        "mark-character",
        """\
The text holds a Unicode noncharacter (U+FDD0 to U+FDD2), which marks places in a rendering.

Fix: remove it from the text; it stands for no character.""",
    ),
    _run(
        25,
        "vocabulary",
        """\
The tokenizer gives ids that the model has no embedding for.

Why: the run would end in its first step with `index out of range`.
Fix: use the tokenizer that belongs to the model.""",
    ),
    _run(
        26,
        "not-a-run",
        """\
The folder is not a finished run of ours.

Fix: name the folder that `train sft` wrote, or finish it with `--resume`.""",
    ),
    _run(
        27,
        "nothing-to-merge",
        """\
The run has no adapter.

Why: a full fine-tuning is a whole model already.""",
    ),
    _run(
        28,
        "no-rows",
        """\
No row is left to train on.

Fix: the message says where they went.""",
    ),
    _run(
        29,
        "attention",
        """\
The attention that the recipe names cannot run here.

Fix: `model.attention: auto`.""",
    ),
)
