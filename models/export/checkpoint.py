"""Weights by openai/whisper's parameter names, whichever of the two forms they came in."""
import json
import os
from dataclasses import dataclass, fields

import numpy as np

from errors import ExportError
from openai_names import openai_name
from published_heads import published_heads
from read_safetensors import read_safetensors
from read_torch import read_torch
from shapes import expected_shapes


@dataclass
class Dims:
    """As in openai/whisper's model.py."""
    n_mels: int
    n_vocab: int
    n_audio_ctx: int
    n_audio_state: int
    n_audio_head: int
    n_audio_layer: int
    n_text_ctx: int
    n_text_state: int
    n_text_head: int
    n_text_layer: int


"""Where a Hugging Face folder says the same in its config.json."""
CONFIG_KEYS = {
    'n_mels': 'num_mel_bins', 'n_vocab': 'vocab_size', 'n_audio_ctx': 'max_source_positions', 'n_audio_state': 'd_model',
    'n_audio_head': 'encoder_attention_heads', 'n_audio_layer': 'encoder_layers', 'n_text_ctx': 'max_target_positions',
    'n_text_state': 'd_model', 'n_text_head': 'decoder_attention_heads', 'n_text_layer': 'decoder_layers',
}


@dataclass
class Checkpoint:
    dims: Dims
    """float32 arrays by names such as `decoder.blocks.0.cross_attn.key.weight`."""
    weights: dict
    """The Hugging Face folder that its settings and tokenizer come from; None for a .pt file."""
    folder: str | None
    """The contents of generation_config.json; of a .pt file the alignment heads alone."""
    generation: dict


def read_checkpoint(path):
    checkpoint = from_folder(path) if os.path.isdir(path) else from_pt(path)
    check_shapes(checkpoint)
    return checkpoint


def from_folder(folder):
    config = read_json(os.path.join(folder, 'config.json'))
    if config.get('model_type') != 'whisper':
        raise ExportError('config.json does not describe a Whisper model')
    if config.get('activation_function', 'gelu') != 'gelu' or config.get('scale_embedding'):
        raise ExportError('only the published architecture can be exported: GELU, embeddings as they are')
    tensors = {openai_name(name): array for name, array in read_safetensors(folder).items()}
    head = tensors.pop('proj_out.weight', None)
    if head is not None and not np.array_equal(head, tensors.get('decoder.token_embedding.weight')):
        raise ExportError('its output layer is not tied to its embedding')
    generation_path = os.path.join(folder, 'generation_config.json')
    generation = read_json(generation_path) if os.path.exists(generation_path) else {}
    return Checkpoint(dims_of({ours: config.get(theirs) for ours, theirs in CONFIG_KEYS.items()}), tensors, folder, generation)


def dims_of(sizes):
    names = [field.name for field in fields(Dims)]
    wrong = [name for name in names if not isinstance(sizes.get(name), int) or sizes[name] < 1]
    if wrong:
        raise ExportError('it does not say ' + ', '.join(f'{name} ({CONFIG_KEYS[name]})' for name in wrong))
    return Dims(*[sizes[name] for name in names])


def from_pt(path):
    content = read_torch(path)
    if not isinstance(content, dict) or not all(isinstance(content.get(key), dict) for key in ('dims', 'model_state_dict')):
        raise ExportError("it is not one of openai/whisper's checkpoints")
    arrays = {name: array for name, array in content['model_state_dict'].items() if isinstance(array, np.ndarray)}
    weights = {name: np.asarray(array, np.float32) for name, array in arrays.items()}
    dims = dims_of(content['dims'])
    return Checkpoint(dims, weights, None, {'alignment_heads': published_heads(path, dims)})


def read_json(path):
    try:
        with open(path, encoding='utf-8') as file:
            content = json.load(file)
    except (OSError, ValueError) as error:
        raise ExportError(f'cannot read {path}: {error}') from error
    if not isinstance(content, dict):
        raise ExportError(f'{path} holds no JSON object')
    return content


def check_shapes(checkpoint):
    weights = checkpoint.weights
    for name, shape in expected_shapes(checkpoint.dims).items():
        if name not in weights:
            raise ExportError(f'it lacks {name}')
        if weights[name].shape != shape:
            raise ExportError(f'{name} is {weights[name].shape} where {shape} was expected')
        if not np.isfinite(weights[name]).all():
            raise ExportError(f'{name} holds values that are no numbers')
