#!/bin/sh
# The whole line on the shipped data, offline and on a CPU: raw rows in, a trained adapter out.
# Every command is printed before it runs, so that it can be repeated by hand.
set -eu

say() { printf '\n# %s\n' "$1"; }

# run EXPECTED COMMAND…: print a command, run it, and stop unless it ends with the expected code.
run() {
  expected=$1
  shift
  printf '\n$'
  for word; do
    case $word in
      *[!A-Za-z0-9_./=@:-]*) printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n'
  code=0
  "$@" || code=$?
  if [ "$code" -ne "$expected" ]; then
    echo "demo: this ended with $code, expected $expected" >&2
    exit 1
  fi
}

say "Six of the 220 shipped rows are broken on purpose. Each is named, with its place and a remedy."
run 1 curate validate recipes/data/dolly_style.jsonl

say "The same rows as a checked dataset. What is broken is set aside under its code (exit 1 says so)."
run 1 curate convert recipes/data/dolly_style.jsonl -o data/demo

say "The reverse training set: given the response, write the instruction."
run 1 curate run recipes/demo.curate.yaml

say "Support chats made ready: repeats, leaked test questions and empty answers leave, each with a reason."
run 0 curate run recipes/clean.curate.yaml

say "A mailbox: what one person wrote and what she answered, with names and numbers replaced."
run 0 curate run recipes/emails.curate.yaml

say "What would be trained, before anything is loaded."
run 0 train plan recipes/demo.yaml

say "QLoRA (nf4, double quantisation) on a tiny model that is made on the spot."
rm -rf runs/demo runs/demo-merged
run 0 train sft recipes/demo.yaml

say "Did the held-out loss fall?"
python - runs/demo/metrics.jsonl <<'PY'
import json
import sys

found = [json.loads(line).get("eval_loss") for line in open(sys.argv[1])]
losses = [loss for loss in found if loss is not None]
print(f"held-out loss before {losses[0]:.4f}, after {losses[-1]:.4f}")
sys.exit(0 if losses[-1] < losses[0] else "demo: the held-out loss did not fall")
PY

say "Adapter and base as one model."
run 0 train merge runs/demo -o runs/demo-merged

say "A model this small, begun from random weights, cannot write: expect words, not sense."
run 0 train generate runs/demo --reverse --prompt "Dear team, the picnic moves to Friday. Bring a salad. Dana" --max-new-tokens 30

printf '\nThe demo ran to its end: data/demo, data/demo-reverse, data/support, data/emails, runs/demo, runs/demo-merged.\n'
