"""Exports a Whisper checkpoint to the packed ONNX layout: python models/export CHECKPOINT --out DIR [--precision int8]"""
import argparse
import os
import sys

OLDEST = (3, 11)


def parse_arguments():
    parser = argparse.ArgumentParser(prog='models -- export', description=__doc__)
    parser.add_argument('checkpoint', help="a Hugging Face folder with safetensors, or one of openai/whisper's .pt files")
    parser.add_argument('--out', required=True, help='the folder of the model; files of other layouts in it stay')
    parser.add_argument('--precision', choices=['int8', 'fp32', 'fp16'], default='int8')
    parser.add_argument('--tokenizer', help='a folder with tokenizer.json or a .tiktoken file, where the checkpoint has none')
    return parser.parse_args()


def refuse(why):
    """One line by which `npm run models` knows what a person can mend from a fault of this program."""
    sys.exit(f'refused: {why}')


def export(arguments):
    from checkpoint import read_checkpoint
    from errors import ExportError
    from write_model import write_model

    try:
        for path in write_model(read_checkpoint(arguments.checkpoint), arguments):
            print(f'{os.path.getsize(path) / 1e6:9.1f} MB  {path}', flush=True)
    except ExportError as error:
        refuse(f'{arguments.checkpoint}: {error}')
    except OSError as error:
        refuse(f'{error.filename or arguments.out}: {error.strerror or error}')


def main():
    arguments = parse_arguments()
    if sys.version_info < OLDEST:
        refuse(f'{sys.executable} is Python {sys.version.split()[0]}; {".".join(map(str, OLDEST))} or newer is needed')
    try:
        export(arguments)
    except ModuleNotFoundError as error:
        refuse(f'{sys.executable} has no {error.name}; models/export/requirements.txt says what is needed')


main()
