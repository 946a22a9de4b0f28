"""Words beside a number that change its value: `5 million`, `50 cents`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from billing.amounts.currency_signs import find_sign, normalize_sign
from billing.amounts.numerals import normalize_word
from billing.money import known_locale

# What CLDR has no pattern for: dozens, shares, the hundredths of currencies in short and long, and
# what is no currency by CLDR and yet is meant as one.
_OTHERS = """
    grand hundred hundreds hundert dozen dutzend lakh lakhs lac crore crores percent prozent %
    tsd tausend mio mill mrd mlrd millions billions mille milliard milliards
    mil millón millones milhão milhões mila milioni тыс тысяча тысяч тысячи млн миллион миллионов
    cent cents ct cts ¢ c penny pennies pence pfennig centavo centavos centime centimes céntimo
    céntimos centesimi rappen øre öre ore grosz grosze groszy haléř halíř haléřů fillér filler
    stotinki stotinka bani ban kuruş kurus коп копейка копейки копеек копійок копійка копійки
    fils sen satang paisa paise agora agorot tiyin тиын halala qirsh piastre piastres
    minus negative half halb quarter
    btc xbt bitcoin bitcoins satoshi eth ether ethereum usdt usdc tether ltc litecoin doge xrp
"""
_SOURCES = ("compact_decimal_formats", "compact_currency_formats")
_SHORT_POWERS = {"k": 3, "m": 6}
_PATTERN = re.compile(r"(?P<before>[^0]*)(?P<zeros>0+)(?P<after>[^0]*)")


def changes_value(word: str, locale: str, account: str | None) -> bool:
    """Whether the word next to a number stands for more, or less, than the number alone.

    So does one that goes on with a currency: `5 M€`.
    """
    key = _key(word)
    begun = [one for one in _words(locale) if key.startswith(one)]
    return any(key == one or find_sign(key[len(one) :], locale, account) for one in begun)


def is_number_word(word: str, locale: str) -> bool:
    """Whether the word itself stands for more, or less, than the number beside it."""
    return _key(word) in _words(locale)


@lru_cache
def _words(locale: str) -> frozenset[str]:
    return _others() | _in_short(locale) | _in_short("en")


@lru_cache
def power_suffixes(locale: str) -> dict[str, int]:
    """What `k` and `m` right behind a number stand for; an M is a billion to an Indonesian."""
    other = {
        key
        for pattern, zeros in _patterns(locale)
        if (key := _key(pattern["after"])) in _SHORT_POWERS and zeros != _SHORT_POWERS[key]
    }
    return {key: power for key, power in _SHORT_POWERS.items() if key not in other}


def is_power_suffix(word: str, locale: str) -> bool:
    """Whether the word is short for a thousand or more there, or for people elsewhere.

    An M is a million to most, a billion to an Indonesian, and the manat of an account in it.
    """
    key = _key(word)
    return key in _SHORT_POWERS or key in _in_short(locale)


@cache
def _others() -> frozenset[str]:
    return frozenset(map(_key, _OTHERS.split()))


@lru_cache
def _in_short(locale: str) -> frozenset[str]:
    """Every word of the locale's patterns such as `0 Mio. ¤`."""
    texts = [text for found, _ in _patterns(locale) for text in (found["before"], found["after"])]
    return frozenset(filter(None, (_key(word) for text in texts for word in text.split())))


def _patterns(locale: str) -> Iterator[tuple[re.Match[str], int]]:
    """The patterns of short and long numbers, and how many zeros each leaves out."""
    known = known_locale(locale)
    for source in _SOURCES:
        for by_plural in getattr(known, source).values():
            for size, pattern in (each for sizes in by_plural.values() for each in sizes.items()):
                text = pattern.pattern.partition(";")[0].replace("'", "").replace("¤", "")
                found = _PATTERN.fullmatch(text)
                if found is not None:
                    yield found, len(size) - len(found["zeros"])


def _key(word: str) -> str:
    return normalize_sign(normalize_word(word)).strip(".")
