#!/bin/sh
# Makes the data, trains, exports to WORK/model and evaluates it: build.sh WORK END [FSDD_RECORDINGS]
#
# WORK keeps everything between sittings: what is there is not made again, and training goes on from its last checkpoint
# until END (a time such as 2030-01-31T20:35). PYTHON, PROCESSES, SHARDS, NEURAL_SHARDS and SVOX_DIR may be set, and
# RHVOICE_DIR where RHVoice is installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mkdir -p "$1" && cd "$1" && pwd)
python=${PYTHON:-python3}
export OMP_NUM_THREADS=1
cd "$here"

mkdir -p "$work/data" "$work/run"
[ -e "$work/data/dev/dev.jsonl" ] || $python synthesise_dev.py "$work/data/dev"
[ -e "$work/data/people/digits.jsonl" ] || $python import_digits.py "${3:-$work/fsdd/recordings}" "$work/data/people"
$python synthesise.py "$work/data/train" 0 3
[ -e "$work/data/tokens.json" ] || $python tokens.py "$work/data/train" "$work/data/tokens.json"
export KOKORO_DIR="$work/kokoro"
[ -e "$KOKORO_DIR/voices" ] || PYTHON=$python ./get_kokoro.sh "$KOKORO_DIR"
# Training takes shards up as they come.
$python synthesise.py "$work/data/neural" 0 "${NEURAL_SHARDS:-150}" kokoro & neural=$!
$python synthesise.py "$work/data/train" 4 "${SHARDS:-60}" & others=$!
more=
if [ -n "${RHVOICE_DIR:-}" ]; then $python synthesise.py "$work/data/train" 1000 1024 rhvoice & more=$!; fi
trap 'kill $neural $others $more 2>/dev/null || true' EXIT

[ -e "$work/run/plan.json" ] || echo '{"end": "", "peak": 0.003, "hardest": 0.5}' > "$work/run/plan.json"
sed -i "s/\"end\": *\"[^\"]*\"/\"end\": \"$2\"/" "$work/run/plan.json"
$python train.py "$work/data" "$work/run" "${PROCESSES:-2}"

$python export.py "$work/run/latest.pt" "$work/data/tokens.json" "$work/model"
[ -e "$work/eval/manifest.json" ] || $python make_eval_sets.py "$work/eval" "${3:-$work/fsdd/recordings}"
cd "$here/../../.." && npm run eval:pico -- --sets "$work/eval" --model "$work/model"
