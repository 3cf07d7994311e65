#!/bin/sh
# Builds the wheel, installs it alone into an empty environment and runs both commands elsewhere.
set -eu
here=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python -m build --wheel --outdir "$work/dist" . >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
python -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet "$work"/dist/*.whl
cd "$work"
"$work/venv/bin/python" -c 'import importlib.util as u, sys; sys.exit(u.find_spec("torch") is not None)'
"$work/venv/bin/curate" --help >/dev/null
"$work/venv/bin/curate" doctor
"$work/venv/bin/curate" schema alpaca >/dev/null
"$work/venv/bin/curate" formats >/dev/null
printf '{"instruction": "Say hello.", "output": "Hello!"}\n' >one.jsonl
"$work/venv/bin/curate" convert one.jsonl -o out
"$work/venv/bin/curate" validate out
"$work/venv/bin/train" --help >/dev/null
"$work/venv/bin/train" recipes
code=0
"$work/venv/bin/train" sft demo --set data.dataset=out || code=$?
[ "$code" -eq 5 ] || { echo "train sft without its extra ended with $code, expected 5"; exit 1; }
echo "smoke: the wheel of $here works on its own"
