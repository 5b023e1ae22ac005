"""How prose writes units, periods and currencies, and the words around them: tables and patterns of ``figure``."""

from __future__ import annotations

import re

TIMES = {
    "ns": "ns nanosecond nanoseconds",
    "us": "us µs μs microsecond microseconds mikrosekunden",
    "ms": (
        "ms msec msecs millis millisecond milliseconds millisekunden milisegundos millisecondes"
        " millisecondi milissegundos"
    ),
    "s": "s sec secs second seconds sekunden segundos secondes secondi sekunder seconden sekund",
    "min": "min mins minute minutes minuten minutos minuti minuter",
    "h": "h hr hrs hour hours stunden horas heures ore timmar uur",
    "day": "day days night nights tage tagen días dias jours giorni dagar dagen",
    "week": "week weeks wochen semanas semaines settimane veckor weken",
    "month": "month months monate monaten meses mois mesi månader",
    "quarter": "quarters",
    "year": "year years yrs jahre jahren años anos ans anni år jaar",
}
TIME_NAMES = {word: unit for unit, words in TIMES.items() for word in words.split()}
PERIOD_NAMES = {
    **{word: unit for word, unit in TIME_NAMES.items() if unit not in ("ns", "us", "ms")},
    "sekunde": "s",
    "segundo": "s",
    "seconde": "s",
    "secondo": "s",
    "sekunden": "s",
    "stunde": "h",
    "hora": "h",
    "heure": "h",
    "ora": "h",
    "timme": "h",
    "tag": "day",
    "día": "day",
    "dia": "day",
    "jour": "day",
    "giorno": "day",
    "dag": "day",
    "d": "day",
    "woche": "week",
    "wk": "week",
    "monat": "month",
    "mes": "month",
    "mois": "month",
    "mese": "month",
    "mo": "month",
    "jahr": "year",
    "año": "year",
    "annum": "year",
    "yr": "year",
    "m": "min",
    "business day": "day",
    "weekday": "day",
    "working day": "day",
    "evening": "day",
    "morning": "day",
    "minuto": "min",
    "quarter": "quarter",
    "uur": "h",
    "godzinę": "h",
    "sekundę": "s",
    "godina": "h",
}
ADVERBS = {
    "daily": "day", "nightly": "day", "hourly": "h", "weekly": "week", "monthly": "month", "quarterly": "quarter",
    "yearly": "year", "annually": "year", "annual": "year", "täglich": "day", "diarios": "day", "diarias": "day",
}  # fmt: skip
DATA_WORDS = {"kilo": "k", "mega": "M", "giga": "G", "tera": "T", "peta": "P", "exa": "E"}
BINARY_WORDS = {"kibi": "Ki", "mebi": "Mi", "gibi": "Gi", "tebi": "Ti", "pebi": "Pi"}
PERIOD_WORDS = "|".join(sorted((re.escape(p) for p in PERIOD_NAMES), key=len, reverse=True))
TIME_WORDS = "|".join(sorted((re.escape(t) for t in TIME_NAMES), key=len, reverse=True))
UNIT = re.compile(
    rf"""\+?(?:
  \s?(?P<ratio>%|percent\b|per\scent\b|pct\b|prozent\b|por\sciento\b|procent\b|pour\scent\b)
 |[\s-]?(?P<bits>(?:[kKMGTP](?:bps|bits?/s(?:ec)?|b/s)|(?:kilo|mega|giga|tera|peta)bits?(?:\s?/\s?s(?:ec(?:ond)?)?|\sper\ssecond|\sa\ssecond)|[MGTP]bit(?=\s(?:per|a)\ss)))\b
 |[\s-]?(?P<byterate>[kKMGTP]i?Bps)\b
 |[\s-]?(?P<data>[kKMGTPE]i?B(?:ytes)?|[kmgtp]b|(?i:(?:kilo|mega|giga|tera|peta|exa|kibi|mebi|gibi|tebi|pebi)?bytes?)|gigs?|[TG]o)\b(?!-)
 |[\s-]?(?P<time>(?i:{TIME_WORDS}))(?![\w/]|-old|-year|(?<=\sus)\s\d|\s?(?:p\.?m|old\b))
 |\s?(?P<persecond>[kKM]?(?i:qps|rps|tps|iops|wps|eps|pps|ops/s(?:ec)?|reqs?/s(?:ec)?)|Hz)\b
 |\s?(?P<rpm>(?i:rpm|[kK]rpm))\b
 |[\s-]?(?P<factor>[x×](?![\w])|fold\b|times\b)
 |\s?(?P<currency>USD|US\sdollars?|dollars?|cents?|EUR|euros?|€|Euro)(?!\w)
 |\s(?P<nines>nines|9s)\b
)""",
    re.VERBOSE,
)
MONEY_BEFORE = re.compile(
    r"(?:(?P<usd>US\$|USD\s?|\$)|(?P<eur>€|EUR\s?)|(?P<other>[£¥₹₽₩₺₪]\s?|[CARS]\$\s?|HK\$\s?|NZ\$\s?|CHF\s?"
    r"|GBP\s?|SEK\s?|INR\s?|Rs\.?\s?|JPY\s?|CAD\s?|AUD\s?|kr\s?|zł\s?))$"
)
OTHER_AFTER = re.compile(
    r"\s?(?:£|¥|₹|pounds? sterling|pounds|yen|yuan|rupees|francs|kronor|kroner|zł|złoty|roubles"
    r"|reais|CHF|GBP|SEK|JPY|INR|pesos|kr\b"
    r"|watts?\b|[kMG]?Wh?\b|kilowatts?\b|megawatts?\b|gigawatt\w*|°|degrees\b|km\b|kilomet\w+"
    r"|met(?:er|re)s\b|m\b(?=\s(?:of cable|long|wide|away))|miles\b|kg\b|kilograms?\b|tons?\b"
    r"|tonnes\b"
    r"|grams?\b|mAh\b|milliamp\w*|MPa\b|feet\b|litres?\b|liters?\b|volts?\b|[GMk]Hz\b|hertz\b"
    r"|dB\b|square\b|amps?\b|pixels?\b|fps\b|points? (?:higher|lower|on"
    r"|out)|stars?\b|inch\w*|-inch|GFLOPS|[PT]FLOPS|light-years?)"
)
WORD = re.compile(r"(?P<gap>[\s-]+)(?P<word>[^\W\d_][\w'’]*(?:-[^\W\d_]\w*)*|█+)")
STOP_WORDS = """
of in on at to for from by with per a an and or but the is are was were be been being that which who when
while as if than then so after before into over under during within without through across between about
around has have had do does did not will would can could may might must should it its this these those we
they our their i you he she each every both because since until once only just also still again already
later ago now here there per via plus where how what why every up down out off al pro por par je na la le
les el los las di de del à
"""
STOP = frozenset(STOP_WORDS.split())
OF_OWN = re.compile(
    r"\s(?:de|di)(?=\s)|\s(?:different|distinct|separate)?\s?of\s(?:our|the|its|their|these|those|all)\b"
)
PER = (
    rf"(?:\s?/\s?|\s?[-–]?per[\s-]|\san?\s(?:single\s)?|\seach\s|\severy\s(?:single\s)?|\spro\s"
    rf"|\spor\s|\spar\s|\sje\s|\sal?\s|\si\s)(?P<period>(?i:{PERIOD_WORDS}))(?![\w-])"
)
DIRECT = re.compile(PER)
LOOSE = re.compile(
    r"^[^\d█.;:()?!]{0,60}?(?<!\bin)(?<!\bone)(?<!\bone )(?<!within)(?<!half)(?<!than)(?<!after)(?<!for)(?<!once)"
    rf"(?<!twice)(?<!lasts)(?<!over)(?<!about)(?:{PER}"
    rf"|\s(?P<adverb>daily|nightly|hourly|weekly|monthly|yearly|annually)\b(?=\s?(?:[.,;:)!?]|$|\s(?:in|on|for|to"
    rf"|from|with|through"
    rf"|at|by|and|or|but|into|across|via|over|without|between|during|while|as)\b)))"
)
COUNTED_PERIOD = re.compile(
    rf"\s(?:every|each|per|in)\s(?P<n>\d+|two|three|four|five|six|ten|fifteen|twenty|thirty"
    rf"|sixty)\s?(?P<period>{PERIOD_WORDS})\b"
)
LEADING = re.compile(
    r"(?i)(?:^|[\s,(])(?:(?:each|every|per|pro|por|par|cada|chaque|jeden|on an? (?:normal|typical"
    r"|average|usual|ordinary|busy) )\s?(?P<period>second|minute|hour|day|night|week|month"
    r"|quarter|year|weekday|morning|evening|Tag|Sekunde|Stunde|día|dia|segundo|jour|seconde"
    r"|heure|hora|giorno|dag)|(?P<adverb>daily|hourly|nightly|weekly|monthly|yearly|annually)(?=,|\s(?:we|our|they"
    r"|it|the|some|about|roughly"
    r"|up to|around|over|nearly|almost|more than)\b|\s$))\b(?![\s-](?:active|riders|users))[^\d█;.]{0,60}$"
)
THING = re.compile(
    r"(?:\s?/\s?|\sper\s|\san?\s|\seach\s|\son\seach\s|\son\severy\s|\son\sone\s|\son\sa\ssingle\s"
    r"|\sfrom\sa\ssingle\s|\sfor\seach\s|\sby\seach\s)(?:single\s|EC2\s|cache\s|database\s"
    r"|storage\s|broker\s|API\s|physical\s)?(?P<thing>[A-Za-z]+)"
)
CLOCK = re.compile(
    r"(?<![\w.,:-])(?:(?P<h>\d+)\s?h(?:rs?"
    r"|ours?)?\s?)?(?:(?P<m>\d+)\s?m(?:in)?\s?)?(?:(?P<s>\d+(?:\.\d+)?)\s?s(?:ec)?)?(?![\w])"
)
SMALL_M = re.compile(r"m(?=\s[a-z])")
MINUTES_BEFORE = re.compile(
    r"(?i)\b(?:took|takes?|lasted|lasts|in|within|after|for|every|under|of|only|about|just|was|another)\s$"
)
SMALL_M_MONEY = re.compile(r"m(?![A-Za-z])")
THEM = re.compile(r"\sof\s(?P<whom>them|us|which|whom|these|those)\b")
PHRASE = re.compile(
    r"(?i)\s(?P<adjectives>(?:[a-z-]+\s){0,2}?)(?P<noun>points? of presence|lines of code|availability"
    r" zones?|requests in flight|data cent(?:er|re)s?|set-top boxes|edge (?:locations?|sites?)"
    r"|page views?|virtual machines?|key spaces?|web sockets?|time series|data ?sets?|micro services?|data bases?)\b"
)
SMALL_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60,
}  # fmt: skip
MODEL = re.compile(
    r"\s(?:\w+\s)?(?:[a-z]\w{1,5}\.(?:\d*x?large|metal|medium|small)|n\d\w?-\w+-\d+"
    r"|[A-Z]{1,2}\d{1,3}0s?)\b(?!\s[a-z]+s\b)"
)
OF_MANY = re.compile(
    r"(?<=thousand)\sof(?=\s[a-z]+s\b)|(?<=[mb]illion)\sof(?=\s[a-z]+s\b)|(?<=illions)\sof(?=\s[a-z]+s\b)|(?<=\d)\sof(?=\s[a-z]+\s[a-z]+s\b)"
)
TEAM_OF = re.compile(
    r"(?i)\b(?:team|crew|group|squad|rota|rotation|handful)(?: \w+)? of (?:just |only |about |some |under "
    r"|fewer than )?$"
)
ONES = re.compile(r"\s(?:(?!of\b|in\b|on\b)[a-z]+\s){0,2}ones\b")
HOURS_OF = re.compile(rf"\s(?:of|worth of)\s[^\d█.;:,]{{1,40}}?(?:{PER}|\s(?P<adverb>daily|weekly|monthly|yearly)\b)")
PLAYED = re.compile(r"(?i)\b(?:watch|play|listen|stream|view|hear|spen[dt]|consum|record|upload|talk|liste)\w*\b")
OFTEN = re.compile(rf"[^\d█.;:()?!,]{{0,40}}?\s(?P<n>once|twice){PER}")
OF_FILM = re.compile(r"\s(?:of|worth of) (?:\w+ )?(?:video|audio|music|footage|speech|film|podcasts?)\b")
OF_ANOTHER = re.compile(r"(?i)\d[^.;:,]{0,50}\s(?:per|pro|por|par|each|every)\s\w+$")
"""A period that a figure before it is counted in: ``write 26 billion records per day into a lake of 78 PB``."""
COST_PER = re.compile(
    r"(?i)\b(?:costs?|price|spend(?:ing)?|bill)\sper\s(?P<thing>[a-z]+)(?:\s[a-z]+){0,3}\s(?:is|are|was|to|at|of|from|by)\s"
    r"(?:about |around |roughly |only |just |under |over |nearly |almost |less than |more than )?$"
)
"""``cost per stream is down to $0.0004``: the price of one, whatever time it is for."""
EVERY_FIRST = re.compile(
    r"(?i)^\W*(?:each|every|on (?:a|an|each|every) (?:normal |typical |average |usual |busy |single )*)\s?"
    r"(?P<period>second|minute|hour|day|night|week|month|year)\b"
)
