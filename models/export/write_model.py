"""Writes a model's folder: the graphs, their checksums, and the settings and tokenizer where they are not there yet."""
import hashlib
import json
import os

from alignment_heads import alignment_heads
from decoder_graph import build_decoder
from encoder_graph import build_encoder
from errors import ExportError
from settings_files import settings_files
from tokenizer_file import tokenizer_json

LAYOUT = {'layout': 'whisper-packed', 'version': 1}


def write_model(checkpoint, arguments):
    """Yields the path of each file once it is there."""
    dims, precision = checkpoint.dims, arguments.precision
    if dims.n_text_state != 64 * dims.n_text_head or dims.n_audio_state != 64 * dims.n_audio_head:
        raise ExportError('heads of another size than 64 cannot be exported')
    folder = os.path.join(arguments.out, 'onnx')
    os.makedirs(folder, exist_ok=True)
    missing = list(missing_settings(checkpoint, arguments))  # before the graphs, which take minutes: it may be refused
    heads = alignment_heads(checkpoint)
    graphs = {
        f'encoder_packed_{precision}.onnx': build_encoder(checkpoint, precision),
        f'decoder_packed_{precision}.onnx': build_decoder(checkpoint, precision, heads),
    }
    for name, graph in graphs.items():
        graph.save(os.path.join(folder, name))
        yield os.path.join(folder, name)
    yield write_json(os.path.join(folder, f'packed_{precision}.json'), manifest(folder, graphs, precision))
    for name, content in missing:
        yield write_json(os.path.join(arguments.out, name), content)


def manifest(folder, graphs, precision):
    """External weights of a graph belong to it."""
    names = sorted(name for name in os.listdir(folder) if any(name.startswith(graph) for graph in graphs))
    files = {name: fingerprint(os.path.join(folder, name)) for name in names}
    return {**LAYOUT, 'precision': precision, 'files': files}


def fingerprint(path):
    with open(path, 'rb') as file:
        return {'sha256': hashlib.file_digest(file, 'sha256').hexdigest(), 'sizeBytes': os.path.getsize(path)}


def missing_settings(checkpoint, arguments):
    contents = {**settings_files(checkpoint), 'tokenizer.json': lambda: tokenizer_json(checkpoint, arguments.tokenizer)}
    for name, content in contents.items():
        if not os.path.exists(os.path.join(arguments.out, name)):
            yield name, content()


def write_json(path, content):
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(content, file, indent=1, ensure_ascii=False)
        file.write('\n')
    return path
