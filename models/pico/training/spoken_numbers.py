"""Numbers, dates and times as English words, the way people say them."""

import random

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
DIGITS = ONES[:10]
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = "january february march april may june july august september october november december".split()


def cardinal(n: int, joiner: str = " ") -> str:
    """`joiner` is what stands between hundreds and the rest: ' ' or ' and '."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10 - 2] + (f" {ONES[n % 10]}" if n % 10 else "")
    for size, name in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if n >= size:
            head, rest = divmod(n, size)
            between = joiner if rest < 100 else " "
            return f"{cardinal(head, joiner)} {name}" + (between + cardinal(rest, joiner) if rest else "")
    raise AssertionError(n)


def ordinal(n: int) -> str:
    """1 to 99."""
    if n <= 20:
        return ORDINALS[n - 1]
    if n % 10 == 0:
        return TENS[n // 10 - 2][:-1] + "ieth"
    return f"{TENS[n // 10 - 2]} {ORDINALS[n % 10 - 1]}"


def digits(rng: random.Random, shortest: int, longest: int) -> str:
    return " ".join(rng.choice(DIGITS) for _ in range(rng.randint(shortest, longest)))


def some_number(rng: random.Random) -> str:
    highest = rng.choice((12, 20, 99, 99, 999, 999, 9999, 99_999, 999_999, 5_000_000))
    number = rng.randint(0, highest)
    if number > 10_000 and rng.random() < 0.6:
        number = round(number, -3)
    return cardinal(number, rng.choice((" ", " and ")))


def some_year(rng: random.Random) -> str:
    if rng.random() < 0.2:
        return f"two thousand {rng.choice(('', 'and '))}{ONES[rng.randint(1, 12)]}"
    century = rng.choice(("eighteen", "nineteen", "nineteen", "twenty", "twenty"))
    rest = rng.randint(1, 99)
    return f"{century} oh {ONES[rest]}" if rest < 10 else f"{century} {cardinal(rest)}"


def some_date(rng: random.Random) -> str:
    day, month = ordinal(rng.randint(1, 31)), rng.choice(MONTHS)
    date = rng.choice((f"{month} {day}", f"{month} the {day}", f"the {day} of {month}"))
    weekday = f"{rng.choice(DAYS)} " if rng.random() < 0.25 else ""
    year = f" {some_year(rng)}" if rng.random() < 0.4 else ""
    return weekday + date + year


def some_time(rng: random.Random) -> str:
    hour = ONES[rng.randint(1, 12)]
    minute = rng.choice((5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, rng.randint(11, 59)))
    clock = rng.choice(
        (
            f"{hour} {cardinal(minute) if minute > 9 else 'oh five'}",
            f"{hour} o'clock",
            f"half past {hour}",
            f"a quarter {rng.choice(('past', 'to'))} {hour}",
            f"{rng.choice(('ten', 'twenty', 'five'))} {rng.choice(('past', 'to'))} {hour}",
        )
    )
    return clock + rng.choice(("", "", "", " in the morning", " in the evening", " tonight", " p m", " a m"))


def some_amount(rng: random.Random) -> str:
    unit = rng.choice(("dollars", "euros", "pounds"))
    cents = f" and {cardinal(rng.randint(2, 99))} {'pence' if unit == 'pounds' else 'cents'}"
    return f"{some_number(rng)} {unit}{cents if rng.random() < 0.25 else ''}"


def some_decimal(rng: random.Random) -> str:
    return f"{cardinal(rng.randint(0, 120))} point {digits(rng, 1, 3)}"
