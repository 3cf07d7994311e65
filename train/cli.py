"""The `train` command. Each subcommand parses, calls one function, prints, and exits."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TextIO, cast

import click

from curate import console
from curate.errors import (
    EXIT_CLOSED_PIPE,
    EXIT_INTERRUPTED,
    CurateError,
    MissingExtraError,
    UsageError,
)

if TYPE_CHECKING:
    from train.plan import Plan


def guard(command: Callable[..., int | None]) -> Callable[..., None]:
    """Turn a command's faults into one block on stderr and its exit code."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            code = command(*args, **kwargs) or 0
            sys.stdout.flush()
        except CurateError as error:
            console.show_error(error)
            code = error.exit_code
        except ModuleNotFoundError as error:
            missing = _missing(error)
            console.show_error(missing)
            code = missing.exit_code
        except KeyboardInterrupt:
            _say("interrupted")
            code = EXIT_INTERRUPTED
        except BrokenPipeError:
            sys.stderr.close()
            code = EXIT_CLOSED_PIPE
        sys.exit(code)

    return wrapped


def _missing(error: ModuleNotFoundError) -> MissingExtraError:
    """The extra that brings a package; an import of ours that fails is a bug and stays one."""
    package = (error.name or "").partition(".")[0]
    if package in ("curate", "train", ""):
        raise error
    extra = "tokens" if package in ("jinja2", "tokenizers") else "train"
    return MissingExtraError(package, extra)


def _say(text: str) -> None:
    click.echo(text, err=True)


_RECIPE = click.argument("recipe")
_SET = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Set a value of the recipe."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tunesmith", message="%(version)s")
def main() -> None:
    """Fine-tune models on dataset folders that `curate` wrote."""


@main.command()
@_RECIPE
@_SET
@_JSON
@guard
def plan(recipe: str, overrides: tuple[str, ...], as_json: bool) -> int:
    """Show what a recipe would train, and whether it would run. Needs no GPU and no torch."""
    made = _planned(recipe, overrides)
    _print_plan(made, as_json=as_json)
    return made.exit_code


@main.command()
@_RECIPE
@_SET
@_JSON
@click.option("--dry-run", is_flag=True, help="Only show the plan.")
@click.option("--resume", is_flag=True, help="Continue the run in the output folder.")
@guard
def sft(recipe: str, overrides: tuple[str, ...], as_json: bool, dry_run: bool, resume: bool) -> int:
    """Fine-tune a model on conversations or text."""
    made = _planned(recipe, overrides)
    if dry_run or made.refusals:
        _print_plan(made, as_json=as_json)
        return made.exit_code
    from train.report import plan_lines

    for line in plan_lines(made, short=True):
        _say(line)
    from train.run_sft import run_sft

    outcome = run_sft(made, resume=resume)
    interrupted = outcome.state == "interrupted"
    if as_json:
        document = {
            "schema_version": 1,
            "command": "sft",
            "exit": EXIT_INTERRUPTED if interrupted else 0,
            "state": outcome.state,
            "step": outcome.step,
            "outputs": [outcome.folder.as_posix()],
            "manifest": outcome.manifest,
        }
        click.echo(json.dumps(document, ensure_ascii=False))
    if interrupted:
        again = " ".join(["train", "sft", recipe, *(f"--set {text}" for text in overrides)])
        _say(f"interrupted at step {outcome.step}; continue: {again} --resume")
        return EXIT_INTERRUPTED
    state = "was finished already" if outcome.state == "already_finished" else "is finished"
    _say(f"{outcome.folder.as_posix()} {state}; try it: train generate {outcome.folder} --prompt …")
    return 0


@main.command()
@click.argument("run")
@click.option("--prompt", help="One prompt; `-` reads it from stdin.")
@click.option("--context", help="The Input of the instruction and alpaca templates.")
@click.option("--reverse", is_flag=True, help="The prompt is a text: ask for its instruction.")
@click.option("--input", "source", type=click.Path(), help="A JSON Lines file of prompts, or `-`.")
@click.option(
    "--max-new-tokens",
    default=256,
    show_default=True,
    type=click.IntRange(1),
    help="The longest answer.",
)
@click.option("--temperature", type=click.FloatRange(0, min_open=True), help="Sample; else greedy.")
@click.option(
    "--top-p",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True),
    help="With a temperature: sample from the likeliest tokens of this share.",
)
@click.option("--seed", default=42, show_default=True, help="Seed of sampling.")
@_JSON
@guard
def generate(  # noqa: PLR0913, PLR0917 - one parameter an option
    run: str,
    prompt: str | None,
    context: str | None,
    reverse: bool,
    source: str | None,
    max_new_tokens: int,
    temperature: float | None,
    top_p: float,
    seed: int,
    as_json: bool,
) -> None:
    """Answer prompts with a run, through the template that it was trained with."""
    if (prompt is None) == (source is None):
        raise UsageError("give one of --prompt and --input")
    if reverse and context is not None:
        raise UsageError("--reverse makes the prompt the Input; leave --context out")
    from train.generate import Sampling, read_prompts, reverse_row, user_row
    from train.generate import generate as answers
    from train.runs import open_run

    opened = open_run(run)
    if source is not None:
        try:
            with click.open_file(source, encoding="utf-8") as stream:
                rows = list(read_prompts(cast("TextIO", stream), source, reverse=reverse))
        except OSError as error:
            raise UsageError(f"{source}: cannot be read: {error.strerror}") from None
    else:
        text = sys.stdin.read() if prompt == "-" else prompt or ""
        rows = [reverse_row(text) if reverse else user_row(text, context)]
    sampling = Sampling(max_new_tokens, temperature, top_p, seed)
    for read, answer in answers(opened, rows, sampling):
        if as_json or source is not None:
            click.echo(json.dumps({"prompt": read, "completion": answer}, ensure_ascii=False))
        else:
            from train.report import terminal_text

            click.echo(terminal_text(answer) if sys.stdout.isatty() else answer)


@main.command()
@click.argument("run")
@click.option("-o", "--output", required=True, help="The folder to write; it must not exist.")
@click.option(
    "--onto",
    type=click.Choice(["dequantized", "original"]),
    default="dequantized",
    show_default=True,
    help="Which weights of a quantized base take the adapter.",
)
@_JSON
@guard
def merge(run: str, output: str, onto: Any, as_json: bool) -> None:
    """Merge a run's adapter into its base: one whole model in bfloat16."""
    from train.merge import merge as merged_into
    from train.runs import open_run

    merged = merged_into(open_run(run), output, onto=onto)
    if as_json:
        document = {
            "schema_version": 1,
            "command": "merge",
            "exit": 0,
            "onto": merged.onto,
            "losses": merged.losses,
            "outputs": [merged.folder.as_posix()],
        }
        click.echo(json.dumps(document))
    for name, loss in merged.losses.items():
        _say(f"held-out loss {loss:.4f}  {name}")
    _say(f"{merged.folder.as_posix()} is written, merged onto the {merged.onto} base")


@main.command()
@_JSON
@guard
def recipes(as_json: bool) -> None:
    """List the recipes that ship with Tunesmith."""
    from train.report import shipped_recipes

    found = shipped_recipes()
    if as_json:
        click.echo(json.dumps({"recipes": found}, ensure_ascii=False))
        return
    for recipe in found:
        click.echo(f"{recipe['name']:<24}{recipe['title']}")


@main.command()
@_JSON
@guard
def doctor(as_json: bool) -> int:
    """Say what this machine can train, and what is missing."""
    from train.report import diagnosis

    found = diagnosis()
    if as_json:
        click.echo(json.dumps(found))
    else:
        for name, value in found["versions"].items():
            click.echo(f"{name:<16}{value or 'missing'}")
        click.echo(f"{'device':<16}{found['device']}")
        for line in found["missing"]:
            click.echo(line)
    return 5 if found["missing"] else 0


def _planned(recipe: str, overrides: tuple[str, ...]) -> Plan:
    from train.plan import make_plan
    from train.recipe import load
    from train.report import makes

    loaded = load(recipe, overrides=overrides)
    return make_plan(loaded, makes=makes(recipe))


def _print_plan(made: Plan, *, as_json: bool) -> None:
    from train.report import plan_lines, refusal_lines

    if as_json:
        click.echo(json.dumps(made.to_dict(), ensure_ascii=False))
    else:
        for line in plan_lines(made):
            click.echo(line)
    for line in refusal_lines(made):
        _say(line)
