"""config.json, generation_config.json and preprocessor_config.json: copied from a Hugging Face folder, else made."""
import os

from alignment_heads import alignment_heads
from checkpoint import read_json
from special_tokens import is_multilingual, language_count, special_tokens, LANGUAGES

NAMES = ['config.json', 'generation_config.json', 'preprocessor_config.json']


def settings_files(checkpoint):
    """Functions that give the contents, by file name."""
    makers = dict(zip(NAMES, (config, generation_config, preprocessor_config)))
    return {name: lambda name=name: copied(checkpoint, name) or makers[name](checkpoint) for name in NAMES}


def copied(checkpoint, name):
    path = checkpoint.folder and os.path.join(checkpoint.folder, name)
    return read_json(path) if path and os.path.exists(path) else None


def config(checkpoint):
    dims = checkpoint.dims
    return {
        'architectures': ['WhisperForConditionalGeneration'], 'model_type': 'whisper', 'activation_function': 'gelu',
        'd_model': dims.n_text_state, 'encoder_layers': dims.n_audio_layer, 'decoder_layers': dims.n_text_layer,
        'encoder_attention_heads': dims.n_audio_head, 'decoder_attention_heads': dims.n_text_head,
        'encoder_ffn_dim': 4 * dims.n_audio_state, 'decoder_ffn_dim': 4 * dims.n_text_state,
        'num_mel_bins': dims.n_mels, 'vocab_size': dims.n_vocab, 'max_source_positions': dims.n_audio_ctx,
        'max_target_positions': dims.n_text_ctx, 'is_encoder_decoder': True, 'scale_embedding': False,
    }


def generation_config(checkpoint):
    ids, vocabulary = special_tokens(checkpoint.dims.n_vocab), checkpoint.dims.n_vocab
    common = {
        'is_multilingual': is_multilingual(vocabulary), 'no_timestamps_token_id': ids['<|notimestamps|>'],
        'prev_sot_token_id': ids['<|startofprev|>'], 'decoder_start_token_id': ids['<|startoftranscript|>'],
        'eos_token_id': ids['<|endoftext|>'], 'alignment_heads': [list(pair) for pair in alignment_heads(checkpoint)],
    }
    if not is_multilingual(vocabulary):
        return common
    languages = [f'<|{code}|>' for code in LANGUAGES[:language_count(vocabulary)]]
    return {
        **common, 'lang_to_id': {token: ids[token] for token in languages},
        'task_to_id': {task: ids[f'<|{task}|>'] for task in ('transcribe', 'translate')},
    }


def preprocessor_config(checkpoint):
    dims = checkpoint.dims
    return {
        'feature_extractor_type': 'WhisperFeatureExtractor', 'feature_size': dims.n_mels, 'sampling_rate': 16000,
        'hop_length': 160, 'n_fft': 400, 'chunk_length': dims.n_audio_ctx // 50, 'padding_side': 'right',
        'padding_value': 0.0, 'n_samples': dims.n_audio_ctx * 320, 'nb_max_frames': 2 * dims.n_audio_ctx,
    }
