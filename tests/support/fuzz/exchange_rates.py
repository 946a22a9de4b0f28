"""What a US dollar cost in each currency in November 2025, to hold sizes against."""

from __future__ import annotations

# Central banks' own lists of that month, to three digits: the official rate where there are two.
_RATES = """
    AED 3.67   AFN 66     ALL 83     AMD 382    AOA 917    ARS 1430   AUD 1.53   AWG 1.79
    AZN 1.70   BAM 1.69   BBD 2.00   BDT 122    BGN 1.69   BHD 0.376  BIF 2950   BMD 1.00
    BND 1.30   BOB 6.91   BRL 5.40   BSD 1.00   BTN 89     BWP 13.4   BYN 2.95   BZD 2.00
    CAD 1.40   CDF 2250   CHF 0.80   CLP 940    CNY 7.10   COP 3750   CRC 502    CUP 24
    CVE 95.5   CZK 21     DJF 178    DKK 6.45   DOP 64     DZD 130    EGP 47.5   ERN 15
    ETB 153    EUR 0.86   FJD 2.28   FKP 0.76   GBP 0.76   GEL 2.71   GHS 11     GIP 0.76
    GMD 73     GNF 8690   GTQ 7.66   GYD 209    HKD 7.78   HNL 26.3   HTG 131    HUF 333
    IDR 16650  ILS 3.25   INR 89     IQD 1310   IRR 42000  ISK 127    JMD 160    JOD 0.709
    JPY 155    KES 129    KGS 87.4   KHR 4010   KMF 425    KPW 900    KRW 1465   KWD 0.307
    KYD 0.83   KZT 522    LAK 21700  LBP 89500  LKR 305    LRD 181    LSL 17.2   LYD 5.45
    MAD 9.28   MDL 17     MGA 4500   MKD 53.2   MMK 2100   MNT 3570   MOP 8.01   MRU 39.8
    MUR 46     MVR 15.4   MWK 1735   MXN 18.4   MYR 4.14   MZN 64     NAD 17.2   NGN 1445
    NIO 36.8   NOK 10.1   NPR 142    NZD 1.76   OMR 0.3845 PAB 1.00   PEN 3.37   PGK 4.24
    PHP 58.9   PKR 281    PLN 3.65   PYG 7000   QAR 3.64   RON 4.40   RSD 101    RUB 79
    RWF 1453   SAR 3.75   SBD 8.23   SCR 14.2   SDG 600    SEK 9.50   SGD 1.30   SHP 0.76
    SLE 23.2   SOS 571    SRD 38.5   SSP 4700   STN 21.2   SYP 11000  SZL 17.2   THB 32.4
    TJS 9.25   TMT 3.50   TND 2.95   TOP 2.38   TRY 42.3   TTD 6.77   TWD 31     TZS 2450
    UAH 42.2   UGX 3600   USD 1.00   UYU 39.7   UZS 12000  VES 240    VND 26300  VUV 122
    WST 2.80   XAF 567    XCD 2.70   XCG 1.79   XOF 567    XPF 103    YER 239    ZAR 17.2
    ZMW 22.7   ZWG 26.4
"""
_WORDS = _RATES.split()
RATES = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
