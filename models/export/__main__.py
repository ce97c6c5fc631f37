"""Exports a Whisper checkpoint to the packed ONNX layout: python models/export CHECKPOINT --out DIR [--precision int8]"""
import argparse
import os
import sys

from checkpoint import read_checkpoint
from errors import ExportError
from write_model import write_model


def parse_arguments():
    parser = argparse.ArgumentParser(prog='models -- export', description=__doc__)
    parser.add_argument('checkpoint', help="a Hugging Face folder with safetensors, or one of openai/whisper's .pt files")
    parser.add_argument('--out', required=True, help='the folder of the model; files of other layouts in it stay')
    parser.add_argument('--precision', choices=['int8', 'fp32', 'fp16'], default='int8')
    parser.add_argument('--tokenizer', help='a folder with tokenizer.json or a .tiktoken file, where the checkpoint has none')
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    try:
        checkpoint = read_checkpoint(arguments.checkpoint)
        for path in write_model(checkpoint, arguments):
            print(f'{os.path.getsize(path) / 1e6:9.1f} MB  {path}', flush=True)
    except ExportError as error:
        sys.exit(f'{arguments.checkpoint}: {error}')


main()
