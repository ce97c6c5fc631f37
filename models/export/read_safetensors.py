"""Reads a folder's model.safetensors, in one file or in shards, as float32 (the format: a length, a JSON header, bytes)."""
import json
import os
import struct

import numpy as np

from errors import ExportError

TYPES = {'F64': np.float64, 'F32': np.float32, 'F16': np.float16}


def read_safetensors(folder):
    index = os.path.join(folder, 'model.safetensors.index.json')
    names = ['model.safetensors']
    if os.path.exists(index):
        with open(index, encoding='utf-8') as file:
            names = sorted(set(json.load(file)['weight_map'].values()))
    tensors = {}
    for name in names:
        tensors.update(read_file(os.path.join(folder, name)))
    return tensors


def read_file(path):
    try:
        with open(path, 'rb') as file:
            (length,) = struct.unpack('<Q', file.read(8))
            header = json.loads(file.read(length))
            start = file.tell()
    except (OSError, ValueError, struct.error) as error:
        raise ExportError(f'cannot read {path}: {error}') from error
    header.pop('__metadata__', None)
    content = np.memmap(path, np.uint8, 'r', offset=start)
    return {name: to_float32(content, entry, name) for name, entry in header.items()}


def to_float32(content, entry, name):
    first, last = entry['data_offsets']
    if last > len(content):
        raise ExportError(f'the file ends before {name}')
    data = content[first:last]
    if entry['dtype'] == 'BF16':
        return (data.view(np.uint16).astype(np.uint32) << 16).view(np.float32).reshape(entry['shape'])
    if entry['dtype'] not in TYPES:
        raise ExportError(f'{name} is of type {entry["dtype"]}')
    return data.view(TYPES[entry['dtype']]).astype(np.float32).reshape(entry['shape'])
