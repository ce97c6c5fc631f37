"""Weights by openai/whisper's parameter names, whichever of the two forms they came in."""
import json
import os
from dataclasses import dataclass

import numpy as np

from errors import ExportError
from openai_names import openai_name
from read_safetensors import read_safetensors
from read_torch import read_torch


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


@dataclass
class Checkpoint:
    dims: Dims
    """float32 arrays by names such as `decoder.blocks.0.cross_attn.key.weight`."""
    weights: dict
    """The Hugging Face folder that its settings and tokenizer come from; None for a .pt file."""
    folder: str | None
    """The contents of generation_config.json; empty for a .pt file."""
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
    if head is not None and not np.array_equal(head, tensors['decoder.token_embedding.weight']):
        raise ExportError('its output layer is not tied to its embedding')
    generation_path = os.path.join(folder, 'generation_config.json')
    generation = read_json(generation_path) if os.path.exists(generation_path) else {}
    return Checkpoint(dims_of(config), tensors, folder, generation)


def dims_of(config):
    return Dims(
        n_mels=config['num_mel_bins'], n_vocab=config['vocab_size'],
        n_audio_ctx=config['max_source_positions'], n_audio_state=config['d_model'],
        n_audio_head=config['encoder_attention_heads'], n_audio_layer=config['encoder_layers'],
        n_text_ctx=config['max_target_positions'], n_text_state=config['d_model'],
        n_text_head=config['decoder_attention_heads'], n_text_layer=config['decoder_layers'],
    )


def from_pt(path):
    content = read_torch(path)
    if not isinstance(content, dict) or not {'dims', 'model_state_dict'} <= content.keys():
        raise ExportError("it is not one of openai/whisper's checkpoints")
    weights = {name: np.asarray(array, np.float32) for name, array in content['model_state_dict'].items()}
    return Checkpoint(Dims(**content['dims']), weights, None, {})


def read_json(path):
    try:
        with open(path, encoding='utf-8') as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise ExportError(f'cannot read {path}: {error}') from error


def check_shapes(checkpoint):
    dims, weights = checkpoint.dims, checkpoint.weights
    expected = {
        'encoder.conv1.weight': (dims.n_audio_state, dims.n_mels, 3),
        'encoder.positional_embedding': (dims.n_audio_ctx, dims.n_audio_state),
        'decoder.token_embedding.weight': (dims.n_vocab, dims.n_text_state),
        'decoder.positional_embedding': (dims.n_text_ctx, dims.n_text_state),
        f'encoder.blocks.{dims.n_audio_layer - 1}.mlp.2.weight': (dims.n_audio_state, 4 * dims.n_audio_state),
        f'decoder.blocks.{dims.n_text_layer - 1}.mlp.2.weight': (dims.n_text_state, 4 * dims.n_text_state),
    }
    for name, shape in expected.items():
        if name not in weights:
            raise ExportError(f'it lacks {name}')
        if weights[name].shape != shape:
            raise ExportError(f'{name} is {weights[name].shape} where {shape} was expected')
