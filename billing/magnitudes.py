"""How large each currency's unit is, for limits and presets. Too coarse to convert money."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

# About so many units are one US dollar, rounded to 1, 2 or 5 times a power of ten. As of
# November 2025: a currency that loses half of its worth a year is due again a year later.
# Source: the rates that central banks published in that month; where a country has a second,
# unofficial rate, the official one counts, since gateways and card schemes use it.
_UNITS_PER_DOLLAR = {
    "0.2": "KWD",
    "0.5": "BHD JOD OMR",
    "1": "BMD BND BSD CAD CHF EUR FKP GBP GIP KYD PAB SGD SHP USD",
    "2": "AUD AWG AZN BAM BBD BGN BYN BZD FJD GEL NZD TND TOP WST XCD XCG",
    "5": "AED BRL ILS LYD MYR PEN PGK PLN QAR RON SAR TMT",
    "10": "BOB BWP CNY DKK GHS GTQ HKD MAD MOP NOK SBD SCR SEK TJS TTD",
    "20": "CUP CZK ERN HNL LSL MDL MVR MXN NAD SLE STN SZL TWD ZAR ZMW ZWG",
    "50": "EGP MKD MRU MUR NIO PHP SRD THB TRY UAH UYU",
    "100": "AFN ALL BDT BTN CVE DOP DZD GMD HTG INR ISK KES KGS MZN NPR RSD RUB VUV XPF",
    "200": "DJF ETB GYD JMD JPY LKR LRD PKR VES YER",
    "500": "AMD CRC HUF KMF KZT SDG SOS XAF XOF",
    "1000": "AOA CLP IQD KPW KRW NGN",
    "2000": "ARS BIF CDF MMK MWK RWF TZS",
    "5000": "COP KHR MGA MNT SSP UGX",
    "10000": "GNF PYG SYP UZS",
    "20000": "IDR LAK VND",
    "50000": "IRR",
    "100000": "LBP",
}


@cache
def load_units_per_dollar() -> dict[str, Decimal]:
    """Units per US dollar by currency."""
    return {
        code: Decimal(units)
        for units, codes in _UNITS_PER_DOLLAR.items()
        for code in codes.split()
    }


def units_per_dollar(currency: str) -> Decimal:
    """Units per US dollar; one where nobody looked, as it is with what is tender nowhere."""
    return load_units_per_dollar().get(currency, Decimal(1))
