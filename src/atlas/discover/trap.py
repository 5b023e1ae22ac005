"""Numbers that name, order or date something and so measure nothing: they are masked before figures are read.

Versions, dates, hours, ports, status codes, tickets, sections, models, standards, addresses, ratios, percentiles,
code as printed. Every mask keeps the length of the text, so that places stay what they were.
"""

from __future__ import annotations

import re

MASK = "█"

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
)
_UNIT_NEXT = (
    r"(?!\s?(?:%|percent|[kKMGTPE]i?B\b|bytes?\b|[kMGT]?bps|[kMGT]bit|ns\b|[uµ]s\b|ms\b|s\b"
    r"|secs?\b|seconds?\b|min(?:utes?)?\b|hours?\b|h\b|days?\b"
    r"|weeks?\b|months?\b|years?\b|million|billion|thousand|trillion|[kKMBTm]\b|x\b|/|QPS|RPS|TPS|[qrt]ps\b|IOPS"
    r"|req|(?:writes?|reads?|requests?)\b(?! (?:to|from|the|a|us|in)\b)|queries\b|messages?\b|events?\b|users?\b"
    r"|nodes?\b"
    r"|servers?\b|hosts?\b|instances?\b|machines?\b|times\b|[a-z]+s (?:per|an?|every|each)\b))"
)
_NAMED = (
    r"version|release|rev(?:ision)?|figure|fig\.?|table|section|sec\.|§+|chapter|appendix|part"
    r"|step|phase|stage|pages?|pp?\.|chapters|sections|figures|versions|slides|article|art\.|clause|amendment|directive|annex|booth"
    r"|listing|example|exercise|tip|fact|myth|reason"
    r"|slide|episode|lesson|volume|vol\.|issue|ticket|bug|case|incident|no\.|nr\.|number|id"
    r"|port|ports|rfc|pep|jep|kip|cve|iso|din|ieee"
    r"|chapter|paragraph|line|lines|row|column|exit code|error code|code|status|status code"
    r"|error|errno|signal|http|https"
    r"|user|account|order|invoice|customer|channel|room|building|gate|terminal|flight|track"
    r"|lane|bus|bay|platform|floor|locker"
    r"|sprint|milestone|iteration|generation|gen|level|tier|layer|rank|grade|class|category|type|sev|severity|priority"
    r"|building|hall|unit|suite|box|apartment|company|patent|method|rule|law|lemma|theorem"
    r"|equation|eq\.|experiment|model|option|question|item|top|fortune|area|catch|route|highway"
)
_PLACES = (
    "shard|node|host|cluster|broker|region|zone|rack|replica|server|partition|slot|worker|epoch"
    "|term|offset|device|box|machine|topic"
)
_PRODUCTS = (
    r"Java|JDK|Python|Go|Golang|Rust|Ruby|Rails|Node(?:\.js)?|PHP|Perl|Scala|Kotlin|Swift|Erlang"
    r"|OTP|Elixir|Clojure|C\+\+|React|Angular|Vue|Django|Spring(?: Boot)?"
    r"|Kafka|Cassandra|Redis|MySQL|MariaDB|Postgres(?:QL)?|MongoDB|Elasticsearch|OpenSearch"
    r"|Spark|Flink|Hadoop|Hive|HBase|Kubernetes|Docker|Envoy|Istio"
    r"|Linux|Ubuntu|Debian|CentOS|RHEL|Fedora|Alpine|Windows|macOS|iOS|iPadOS|Android|iPhone"
    r"|Pixel|Galaxy|Chrome|Firefox|Safari"
    r"|TLS|SSL|HTTP|QUIC|TCP|USB|PCIe|DDR|Wi-?Fi|Bluetooth|NVMe|SATA|OAuth|OpenGL|CUDA|GCC"
    r"|LLVM|Clang|Terraform|Nginx|NGINX|HAProxy|Lucene|Solr|Airflow|dbt|Ray|Presto|Trino"
    r"|Airbus|Boeing|Web|Industry|Llama|GPT|Claude|Gemini|Mistral|Route|Log4j|Xeon|EPYC|Ryzen"
    r"|Graviton|Catch|Formula|Windows Server"
)
_PATTERNS = (
    # addresses of the web, code in backticks, hashes, numbers in square brackets
    r"https?://\S+|www\.\S+|\b\S+@\S+\.\w+|`[^`]*`|\bsha\d+:[0-9a-f]+|\b0x[0-9a-fA-F]+\b|\[\d+\]"
    r"|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b(?<!\dbb)|\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d+"
    r"|:\d+)?\b|(?<!\w)/\d{1,3}\b(?=\s|$|[.,;)])"
    # code and configuration as printed
    r"|[\w.\-]*[A-Za-z_][\w.\-]*\s?(?:=|:=)\s?[\"']?\d[\d_.,]*\w*|\b\w+_\w+:\s*\d+|\b\w+\((?:[^()]*\d[^()]*)\)"
    r"|\b\d[\d_]*_[\d_]+\b"
    # percentiles are names of statistics
    r"|\b[pP]\d{2,3}(?:\.\d+)?(?:s|th)?\b|\b\d{2}(?:\.\d+)?(?:st|nd|rd|th)?[\s-]percentiles?\b"
    r"|\btp\d{2,3}\b|\bP\d{1,3}\b(?:\.\d+)?"
    # versions: three parts, a leading v, a product or a word before, a word after
    r"|\bv\.?\s?\d+(?:\.\d+)*\w*|(?<![\d.])(?!\d{1,3}(?:\.\d{3}){2,}(?!\.?\d))\d+\.\d+\.\d+(?:[.-]\w+)*"
    rf"|\b(?:{_PRODUCTS})[\s/-]?v?\d+(?:\.\d+)*(?:\.x)?{_UNIT_NEXT}(?:\s?LTS)?"
    r"|\b\d+(?:\.\d+)*(?:\.x)?\s(?:kernel|release|version|branch|LTS|series|SDK|JDK|driver|protocol|line of releases)\b"
    # dates and hours
    rf"|\b{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s(?:19|20)\d\d)?\b(?!\.\d|,\d\d\d|[kKMB]\b"
    rf"|\s?(?:%|percent|million|billion))|\b\d{{1,2}}(?:st|nd|rd|th)?\.?\s(?:of\s)?{_MONTH}\b\.?(?:,?\s(?:19"
    rf"|20)\d\d)?"
    rf"|\b{_MONTH}\.?,?\s(?:of\s)?(?:19|20)\d\d\b|\b(?:19|20)\d\d-\d\d?(?:-\d\d?)?\b(?:T\S+)?"
    rf"|\b\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}\b"
    r"|\b\d{1,2}/\d{1,2}\b(?=\s|,|\.|$)|\b[QH][1-4](?:\s|-|/)?(?:(?:19|20)\d\d|'\d\d)?\b|\bFY\s?'?\d{2,4}\b"
    r"|'\d\ds?\b|\bY2K\w*|\bY20\d\d\b"
    r"|\b\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\.?)?|\b\d{1,2}(?:\s?[-–]\s?\d{1,2})?\s?[ap]\.?m\b\.?"
    r"|\b\d{1,2}\s?(?:o'clock|UTC|GMT|CET|h sharp)\b|\b24/7(?:/365)?\b|\b24x7\b"
    r"|\b365 days a year\b|\b24 hours a day\b|\b7 days a week\b|\bround the clock\b"
    # status codes and ratios
    r"|\b[1-5]xx\b|\b[1-5]\d\ds\b(?!\s?ago)|\b[1-5]\d\d\s(?:OK|Not Found|Too Many|Internal"
    r"|Bad Gateway|Service Unavailable|Gateway Timeout|errors?|responses?|status|codes?)\b"
    rf"|\b(?:[Aa]n?|[Rr]eturn(?:s|ed|ing)?|[Aa]nswer(?:s|ed)? (?:a|with)|HTTP|with an?|into"
    rf"|plain|bare)\s(?:20[0-9]|30[1-8]|40\d|41\d|42[2-9]|431|451|499|50\d"
    rf"|52\d)\b{_UNIT_NEXT}(?![\s-](?:[a-z]+\s)?(?:node"
    rf"|server|machine|host|instance|user|core|shard|member|people|person|service|request|row"
    rf"|line|strong|broker|container|pod)s?\b)(?![,.]\d)(?!\s?[-–]\s?\w)"
    r"|\b\d+:\d+(?::\d+)*\b|\b\d+ to 1\b|\b(?:\d+(?:\.\d+)?|(?i:one|two|three|four|five|six"
    r"|seven|eight|nine)) out of (?:every )?(?:\d+|(?i:two|three|four|five|six|ten|twenty|a"
    r" hundred|hundred))\b|\b(?:\d+|(?i:one|two|three|four|five|six|seven|eight|nine)) in (?:every"
    r" )?(?:10|100|1,?000|a million|four|five|ten|twenty|a hundred|a thousand)\b|\b\d+\s?x\s?\d+\b"
    r"|\b(?:80|90|99)/\d+\b"
    r"|\b\w+ times out of \w+\b|\b\d+ of \d+\b|\b\d+ (?:percentage )?points\b(?! of presence)"
    # named numbers: Figure 4, port 8443, User 4711, issue #12, ISO 8601
    rf"|(?i:(?<![a-z]s )\b(?:{_NAMED}))\s?(?:#|no\.\s?|number\s|№\s?)?\d[\d.\-]*(?:,\s?\d+)*(?:\s(?:and"
    rf"|or|to|through)\s\d+(?:\.\d+)*(?=[\s.,;)]))?\w?\b{_UNIT_NEXT}"
    rf"|(?i:\b(?:{_PLACES}))\s#?\d{{1,4}}\b(?![.,'’]\d|\s[a-z]+s\b){_UNIT_NEXT}"
    r"|(?<=[Tt]he )\d0s\b|§+\s?\d[\d.]*|#\d[\d,]*\b|№\s?\d+|\b[A-Z]{2,}[A-Z0-9]*-\d+(?:-\d+)*\b|\b\d+(?:-\d+){2,}\b"
    r"|\b\d{3}-\d{4}\b"
    # names with digits: A100, m6g.large, GPT-4, IPv6, 1080p, 10GbE, 64-bit, 2FA, 27-inch
    r"|(?<=[A-Za-z] )\d{3,5}[A-Z]{0,2}s\b(?=[\s.,;)]|$)"
    r"|\b(?![Ss]ub-\d)[A-Za-z]+(?:-[A-Za-z]+)*-?\d+(?:[A-Za-z]+\d*)*(?:\.\d*x?large|\.metal|\.\d+)*[A-Za-z+-]*\b"
    r"|\b\d+(?:\.\d+)?(?:GbE|GBASE\w*|p(?=[\s.,;)]|$)|[DG](?=[\s.,;)]|$)|FA|B[2-9]\w+|-?inch\w*"
    r"|-?bits?\b|mm\b|cm\b|-?nm\b|th\b|st\b|nd\b|rd\b)"
    r"|\b4K\b(?=\s(?:video|stream|screen|and|or|content|resolution|TV|HDR)|[.,]|$)|\b[248]K"
    r" (?:video|streams?|resolution)"
    # list numbers and lone numbers in front of a sentence
    r"|^\s*\(?\d{1,2}[.)](?=\s)"
)
_TRAP = re.compile(_PATTERNS)
_YEAR = re.compile(
    r"(?<![\d.,$€£#-])(?:19[5-9]\d|20[0-4]\d)(?:s|/\d\d)?(?!\d|[,.]\d|\s?(?:%|[kKMGTP]i?B\b|ms\b|QPS|rps))"
)
_AFTER_YEAR_IS_COUNT = re.compile(
    r"\s(?:[a-z-]+\s){0,2}(?:nodes|servers|instances|shards|partitions|machines|hosts|services"
    r"|microservices|connections|cores|requests|clusters|tables|customers|users|pods|containers"
    r"|replicas|brokers)\b"
)
_BEFORE_YEAR = re.compile(
    r"(?i)\b(?:in|since|by|until|till|from|to|of|during|late|early|mid|before|after|around"
    r"|summer|spring|autumn|fall|winter|year|and|end of|start of|for|through|back in|©|\(c\))[\s-]$"
)


def masked(text: str) -> str:
    """The text with every such number covered by ``█``."""
    covered = _TRAP.sub(lambda m: MASK * len(m[0]), text)
    return _YEAR.sub(lambda m: _year(covered, m), covered)


def _year(text: str, match: re.Match[str]) -> str:
    """A four-digit number is a year unless it counts something and no word before it tells the time."""
    counted = _AFTER_YEAR_IS_COUNT.match(text, match.end())
    if counted and not _BEFORE_YEAR.search(text[max(0, match.start() - 12) : match.start()]):
        return match[0]
    return MASK * len(match[0])
