"""Hugging Face's parameter names to openai/whisper's."""
import re

RENAMES = [
    (r'^model\.', ''),
    (r'\.layers\.', '.blocks.'),
    (r'\.self_attn_layer_norm\.', '.attn_ln.'),
    (r'\.encoder_attn_layer_norm\.', '.cross_attn_ln.'),
    (r'\.final_layer_norm\.', '.mlp_ln.'),
    (r'\.self_attn\.', '.attn.'),
    (r'\.encoder_attn\.', '.cross_attn.'),
    (r'\.q_proj\.', '.query.'),
    (r'\.k_proj\.', '.key.'),
    (r'\.v_proj\.', '.value.'),
    (r'\.out_proj\.', '.out.'),
    (r'\.fc1\.', '.mlp.0.'),
    (r'\.fc2\.', '.mlp.2.'),
    (r'^encoder\.layer_norm\.', 'encoder.ln_post.'),
    (r'^decoder\.layer_norm\.', 'decoder.ln.'),
    (r'\.embed_positions\.weight$', '.positional_embedding'),
    (r'\.embed_tokens\.weight$', '.token_embedding.weight'),
]


def openai_name(name):
    for pattern, replacement in RENAMES:
        name = re.sub(pattern, replacement, name)
    return name
