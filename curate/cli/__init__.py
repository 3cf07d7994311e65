"""The `curate` command: one file for each group of commands, imported when it is used."""

from __future__ import annotations

import importlib

import click

from curate import __version__, console

# Command → (module, one line for the overview). The line stands here so that `curate --help`
# imports no command.
COMMANDS = {
    "convert": ("convert", "Turn raw exports into a checked dataset folder or another format."),
    "validate": ("validate", "Check data and say what is wrong with it, where, and what to do."),
    "redact": ("steps", "Replace personal data, the same everywhere."),
    "dedup": ("steps", "Remove rows that repeat others, exactly or nearly."),
    "decontaminate": ("steps", "Remove rows that hold items of an evaluation set."),
    "filter": ("steps", "Score rows, and remove those that do not keep the conditions."),
    "balance": ("steps", "Balance rows by facets, or select the most different ones."),
    "mix": ("steps", "Mix data sets by weights under a budget."),
    "split": ("steps", "Split rows into train, validation and test."),
    "run": ("convert", "Run a curate recipe."),
    "stats": ("stats", "Say what a set is like: lengths, turns, categories, repeats, findings."),
    "report": ("stats", "Write the same as one HTML page that opens offline."),
    "diff": ("diff", "Say how two sets differ, row by row."),
    "inspect": ("look", "Say what files hold: container, format, columns, counts."),
    "sample": ("look", "Show some rows as they will be read."),
    "show": ("show", "Show one record (FILE:LINE) and the row it becomes."),
    "push": ("push", "Upload a dataset folder to the Hub."),
    "formats": ("about", "List the formats, and what can be read and written."),
    "rules": ("rules", "List every code."),
    "rule": ("rules", "Explain one code."),
    "profiles": ("effects", "List what can be checked `--for`, or show what one profile knows."),
    "schema": ("about", "Print a JSON Schema."),
    "limits": ("about", "List the limits on what is read."),
    "doctor": ("about", "Check this installation."),
}


class _Lazy(click.Group):
    """A group that knows its commands' names and imports a command when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"curate.cli.{COMMANDS[cmd_name][0]}")
        return getattr(module, cmd_name)  # type: ignore[no-any-return]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            for near in difflib.get_close_matches(args[0], COMMANDS, n=1):
                ctx.fail(f"No such command {args[0]!r}. Did you mean {near!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="curate")
def cli() -> None:
    """Turn raw exports into validated instruction datasets.

    Nothing leaves in silence: each input record becomes a row or a finding with a code. Data is
    printed on stdout, talk on stderr; --json gives one document. Exit: 0 clean, 1 findings, 2
    usage, 3 unreadable input, 4 the Hub says no, 5 missing extra, 7 output not writable, 8 output
    locked.
    """


def main() -> None:
    """Run the console script."""
    console.main(cli)
