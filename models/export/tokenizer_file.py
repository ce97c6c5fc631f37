"""tokenizer.json: the checkpoint's own, or one made of a .tiktoken file of openai/whisper."""
import base64
import importlib.util
import os

from checkpoint import read_json
from errors import ExportError
from special_tokens import is_multilingual, special_tokens


def tokenizer_json(checkpoint, given):
    for folder in filter(None, (given, checkpoint.folder)):
        path = os.path.join(folder, 'tokenizer.json')
        if os.path.exists(path):
            return read_json(path)
    vocabulary = checkpoint.dims.n_vocab
    return from_ranks(read_ranks(find_tiktoken(given, vocabulary)), vocabulary)


def find_tiktoken(given, vocabulary):
    """In the folder given, else among the assets of an installed openai-whisper."""
    name = 'multilingual.tiktoken' if is_multilingual(vocabulary) else 'gpt2.tiktoken'
    package = importlib.util.find_spec('whisper')
    homes = [given] + [os.path.join(home, 'assets') for home in (package.submodule_search_locations if package else [])]
    for home in filter(None, homes):
        if os.path.exists(os.path.join(home, name)):
            return os.path.join(home, name)
    raise ExportError(f'it has no tokenizer: name a folder with tokenizer.json or {name} by --tokenizer')


def read_ranks(path):
    with open(path, encoding='ascii') as file:
        lines = [line.split() for line in file if line.strip()]
    return {base64.b64decode(token): int(rank) for token, rank in lines}


def from_ranks(ranks, vocabulary):
    letters = byte_letters()
    spell = lambda token: ''.join(letters[byte] for byte in token)
    merges = [split_once(ranks, token, rank) for token, rank in ranks.items() if len(token) > 1]
    byte_level = {'type': 'ByteLevel', 'add_prefix_space': False, 'trim_offsets': True, 'use_regex': True}
    return {
        'version': '1.0', 'truncation': None, 'padding': None, 'normalizer': None, 'post_processor': None,
        'added_tokens': [
            {'id': index, 'content': content, 'single_word': False, 'lstrip': False, 'rstrip': False,
             'normalized': False, 'special': True}
            for content, index in special_tokens(vocabulary).items()],
        'pre_tokenizer': byte_level, 'decoder': byte_level,
        'model': {
            'type': 'BPE', 'dropout': None, 'unk_token': None, 'continuing_subword_prefix': '',
            'end_of_word_suffix': '', 'fuse_unk': False, 'byte_fallback': False,
            'vocab': {spell(token): rank for token, rank in ranks.items()},
            'merges': [f'{spell(left)} {spell(right)}' for left, right in filter(None, merges)],
        },
    }


def split_once(ranks, token, rank):
    """The two parts that merge into a token last: what is left when only earlier tokens may be merged."""
    parts = [bytes([byte]) for byte in token]
    while len(parts) > 2:
        pairs = [(ranks.get(parts[i] + parts[i + 1], rank), i) for i in range(len(parts) - 1)]
        best, at = min(pairs)
        if best >= rank:
            return None
        parts[at:at + 2] = [parts[at] + parts[at + 1]]
    return parts


def byte_letters():
    """GPT-2's alphabet: a printable letter for each byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{byte: chr(byte) for byte in printable}, **{byte: chr(256 + i) for i, byte in enumerate(others)}}
