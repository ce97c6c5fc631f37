"""The tokens that follow the text tokens, in the order of openai/whisper's tokenizer.py."""
from errors import ExportError

LANGUAGES = (
    'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy '
    'sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo '
    'uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue').split()
ENGLISH_TEXT_TOKENS = 50256
MULTILINGUAL_TEXT_TOKENS = 50257
SMALLEST_VOCABULARY = 51864


def is_multilingual(vocabulary):
    return vocabulary >= 51865


def language_count(vocabulary):
    """99, and 100 since large-v3; a model of English alone has the ids of 99 and no use for them."""
    return vocabulary - 51765 - int(is_multilingual(vocabulary))


def special_tokens(vocabulary):
    """Ids by content."""
    if vocabulary < SMALLEST_VOCABULARY:
        raise ExportError(f'it has {vocabulary} tokens, as no published model has: its settings must lie in --out already')
    first = MULTILINGUAL_TEXT_TOKENS if is_multilingual(vocabulary) else ENGLISH_TEXT_TOKENS
    contents = [
        '<|endoftext|>', '<|startoftranscript|>',
        *[f'<|{code}|>' for code in LANGUAGES[:language_count(vocabulary)]],
        '<|translate|>', '<|transcribe|>', '<|startoflm|>', '<|startofprev|>', '<|nospeech|>', '<|notimestamps|>',
        *[f'<|{step * 0.02:.2f}|>' for step in range(1501)],
    ]
    return {content: first + index for index, content in enumerate(contents)}
