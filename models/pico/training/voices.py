"""Who speaks: the names of all voices, and how often each is drawn. Those in HELD_OUT speak in evaluation sets only."""

import random

import kokoro

ESPEAK_ACCENTS = {
    "gmw/en-US": 5,
    "gmw/en": 3,
    "gmw/en-GB-x-rp": 2,
    "gmw/en-GB-scotland": 1,
    "gmw/en-029": 1,
    "gmw/en-GB-x-gbclan": 1,
    "gmw/en-GB-x-gbcwmd": 1,
    "gmw/en-US-nyc": 1,
}
ESPEAK_VARIANTS = (
    "m1 m2 m3 m4 m5 m6 m7 f1 f2 f3 f4 f5 klatt klatt2 klatt3 klatt4 Alex Alicia Andrea Andy Annie Diogo Gene Henrique "
    "Hugo Jacky Lee Marco Mario Michael Nguyen RicishayMax RicishayMax2 adam anika announcer antonio belinda "
    "benjamin boris caleb david ed edward edward2 grandma grandpa iven iven2 john kaukovalta linda marcelo max michel "
    "norbert pablo paul pedro quincy rob robert sandro shelby steph steph3 travis victor zac"
).split()
HELD_OUT_ESPEAK_VARIANTS = "m8 Mike Denis Gene2 aunty gustave iven3 klatt6 miguel steph2".split()
FLITE = {"flite:kal": 1, "flite:kal16": 4, "flite:awb": 4, "flite:rms": 5, "flite:slt": 5}
FESTIVAL = {"festival:kal_diphone": 1, "festival:cmu_us_slt_arctic_hts": 3}
SVOX = {"svox:en-US": 3}
# Slt speaks through flite and festival too.
RHVOICE = {"rhvoice:Bdl": 3, "rhvoice:Clb": 3, "rhvoice:Ksp": 2, "rhvoice:Slt": 1}
HELD_OUT = ("festival:ked_diphone", "svox:en-GB")


def draw_voice(rng: random.Random, family: str) -> str:
    if family == "espeak":
        accent = rng.choices(list(ESPEAK_ACCENTS), list(ESPEAK_ACCENTS.values()))[0]
        variant = "" if rng.random() < 0.05 else "+" + rng.choice(ESPEAK_VARIANTS)
        return f"espeak:{accent}{variant}"
    if family == "kokoro":
        return f"kokoro:{kokoro.draw_mixture(rng)}"
    weights = {"flite": FLITE, "festival": FESTIVAL, "svox": SVOX, "rhvoice": RHVOICE}[family]
    return rng.choices(list(weights), list(weights.values()))[0]


def draw_held_out_voice(rng: random.Random) -> str:
    """Half espeak-ng variants, half people whom the training part has never heard."""
    if rng.random() < 0.5:
        accent = rng.choices(list(ESPEAK_ACCENTS), list(ESPEAK_ACCENTS.values()))[0]
        return f"espeak:{accent}+{rng.choice(HELD_OUT_ESPEAK_VARIANTS)}"
    return rng.choice(HELD_OUT)
