"""`curate formats | schema | limits | doctor`: what this installation knows."""

from __future__ import annotations

import difflib
import json
import sys
from dataclasses import fields
from importlib import metadata

import click

from curate import __version__, console
from curate.cli.options import json_option
from curate.errors import UsageError

_PACKAGES = ("pyarrow", "orjson", "jsonschema-rs", "jsonschema", "numpy", "click", "rich")
_OPTIONAL = ("tokenizers", "huggingface_hub", "torch", "trl")


@click.command()
@click.argument("name", required=False)
@json_option
def formats(name: str | None, as_json: bool) -> None:
    """List the formats and exports, or say what format NAME loses on its way to others and back.

    Classes of round trips of usual records: A exact, B but for invented call ids, C but for
    spelling, D lossy, each loss reported. The list shows a format's way to the row and back.
    """
    if name is not None:
        _round_trips(name, as_json)
        return
    from curate.formats import FORMATS
    from curate.sources.known import EXPORTS

    rows = [
        {
            "name": form.name,
            "kind": form.kind,
            "reads": form.decode is not None,
            "writes": form.encode is not None,
            "round_trip": _own_class(form.name),
            "title": form.title,
        }
        for form in FORMATS
    ]
    exports = [
        {"name": each.name, "columns": each.columns, "private": each.personal, "title": each.title}
        for each in EXPORTS
    ]
    if as_json:
        document = {"schema_version": 1, "command": "formats", "formats": rows, "exports": exports}
        console.out_json(document)
        return
    for row in rows:
        able = f"{'reads' if row['reads'] else '     '} {'writes' if row['writes'] else '      '}"
        trip = row["round_trip"] or " "
        console.out(f"{row['name']:26} {row['kind']:11} {able} {trip}  {row['title']}")
    console.out("\nExports: files and folders, also inside a .zip; private ones are redacted.")
    for export in exports:
        private = "private" if export["private"] else "       "
        console.out(f"{export['name']:26} {export['columns']:11} {private}   {export['title']}")


def _own_class(name: str) -> str | None:
    """Return the class of a format's way to the row and back, None where it is not written."""
    from curate.formats.trips import class_of, table

    return class_of(table()[name][name].usual) if name in table() else None


def _round_trips(name: str, as_json: bool) -> None:
    from curate.formats import ALIASES, BY_NAME
    from curate.formats.trips import class_of, table

    own = ALIASES.get(name, name)
    if own not in BY_NAME:
        near = difflib.get_close_matches(name, BY_NAME, n=1)
        hint = f"did you mean {near[0]}?" if near else "see `curate formats`"
        raise UsageError(f"no format is named {name}", hint=hint)
    rows = [
        {
            "to": other,
            "round_trip": class_of(codes.usual),
            "codes": codes.usual,
            "in_rare_records": sorted(set(codes.any) - set(codes.usual)),
        }
        for other, codes in table().get(own, {}).items()
    ]
    if as_json:
        console.out_json(
            {"schema_version": 1, "command": "formats", "name": own, "round_trips": rows}
        )
        return
    console.out(f"{own}: {BY_NAME[own].title}")
    for row in rows:
        line = f"  {row['to']:26} {row['round_trip']}  {' '.join(row['codes'])}".rstrip()
        rare = f"  (rare records: {' '.join(row['in_rare_records'])})"
        console.out(line + rare if row["in_rare_records"] else line)


@click.command()
@click.argument("name", required=False)
@json_option
def schema(name: str | None, as_json: bool) -> None:
    """Print the JSON Schema NAME, or list the names."""
    from curate.resources import folder, resource

    names = sorted(p.name.removesuffix(".schema.json") for p in folder("schemas").glob("*.json"))
    if name is None:
        if as_json:
            console.out_json({"schema_version": 1, "command": "schema", "schemas": names})
        else:
            console.out("\n".join(names))
        return
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]}?" if near else "`curate schema` lists them"
        raise UsageError(f"there is no schema {name!r}", hint=hint)
    path = resource("schemas", f"{name}.schema.json")
    console.out(path.read_text(encoding="utf-8").rstrip("\n"))


@click.command()
@json_option
def limits(as_json: bool) -> None:
    """List the limits on what is read; `--limit NAME=N` changes one."""
    from curate.files.limits import DEFAULT_LIMITS

    values = {f.name: getattr(DEFAULT_LIMITS, f.name) for f in fields(DEFAULT_LIMITS)}
    if as_json:
        console.out_json({"schema_version": 1, "command": "limits", "limits": values})
        return
    for name, value in values.items():
        console.out(f"{name:16} {value:>14,}")


@click.command()
@json_option
def doctor(as_json: bool) -> int:
    """Check this installation: versions, shipped files, optional packages."""
    from curate.resources import folder

    required = {name: _version(name) for name in _PACKAGES}
    optional = {name: _version(name) for name in _OPTIONAL}
    shipped = {
        "schemas": len(list(folder("schemas").glob("*.json"))),
        "recipes": len(list(folder("recipes").glob("*.yaml"))),
    }
    missing = [name for name, version in required.items() if version is None]
    sound = not missing and all(shipped.values())
    document = {
        "schema_version": 1,
        "command": "doctor",
        "exit": 0 if sound else 5,
        "tunesmith": __version__,
        "python": sys.version.split()[0],
        "packages": required | optional,
        "shipped": shipped,
    }
    if as_json:
        console.out_json(document)
    else:
        console.out(f"tunesmith {__version__}, Python {document['python']}")
        for name, version in required.items():
            console.out(f"{name:18} {version or 'MISSING: pip install tunesmith'}")
        for name, version in optional.items():
            console.out(f"{name:18} {version or 'not installed (optional)'}")
        console.out("shipped            " + json.dumps(shipped))
    return 0 if sound else 5


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
