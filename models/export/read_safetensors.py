"""Reads a folder's model.safetensors, in one file or in shards, as float32 (the format: a length, a JSON header, bytes)."""
import json
import os
import struct

import numpy as np

from errors import ExportError

TYPES = {'F64': np.float64, 'F32': np.float32, 'F16': np.float16}


def read_safetensors(folder):
    tensors = {}
    for name in file_names(folder):
        path = os.path.join(folder, name)
        try:
            tensors.update(read_file(path))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, struct.error, MemoryError) as error:
            raise ExportError(f'cannot read {path}: {error}') from error
    return tensors


def file_names(folder):
    index = os.path.join(folder, 'model.safetensors.index.json')
    if not os.path.exists(index):
        return ['model.safetensors']
    try:
        with open(index, encoding='utf-8') as file:
            return sorted(set(json.load(file)['weight_map'].values()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ExportError(f'cannot read {index}: {error}') from error


def read_file(path):
    with open(path, 'rb') as file:
        (length,) = struct.unpack('<Q', file.read(8))
        if length > os.path.getsize(path) - 8:
            raise ExportError(f'{path} is no safetensors file, or it ends before its header does')
        header = json.loads(file.read(length))
    header.pop('__metadata__', None)
    content = np.memmap(path, np.uint8, 'r', offset=8 + length)
    return {name: to_float32(content, entry, f'{path}: {name}') for name, entry in header.items()}


def to_float32(content, entry, name):
    first, last = entry['data_offsets']
    if not 0 <= first <= last <= len(content):
        raise ExportError(f'the file ends before {name}')
    data = content[first:last]
    if entry['dtype'] == 'BF16':
        return (data.view(np.uint16).astype(np.uint32) << 16).view(np.float32).reshape(entry['shape'])
    if entry['dtype'] not in TYPES:
        raise ExportError(f'{name} is of type {entry["dtype"]}')
    return data.view(TYPES[entry['dtype']]).astype(np.float32).reshape(entry['shape'])
