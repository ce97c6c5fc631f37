"""What OpenAI's own Python client makes of this server: python openai-client.py <base URL> <audio file>"""
import json
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1], api_key="none", max_retries=0)


def create(**options):
    with open(sys.argv[2], "rb") as audio:
        return client.audio.transcriptions.create(**{"model": "whisper-1", "file": audio, **options})


joined, done = "", ""
for event in create(stream=True):
    if event.type == "transcript.text.delta":
        joined += event.delta
    else:
        done = event.text
try:
    create(model="gpt-4o-transcribe")
    missing = None
except openai.APIStatusError as error:
    missing = [type(error).__name__, error.code]
print(
    json.dumps(
        {
            "json": create().text,
            "text": create(response_format="text"),
            "vtt": create(response_format="vtt").split("\n")[0],
            "language": create(response_format="verbose_json", timestamp_granularities=["segment"]).language,
            "stream": [joined, done],
            "missing": missing,
        }
    )
)
