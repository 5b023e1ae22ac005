"""The words that tell what a figure measures: tables by dimension, and how the nearest is found.

Each cue pulls from a distance of so many letters; the nearest cue wins, one before the figure rather than one behind.
A metric ``None`` is an answer too: the figure is a setting, a difference, or the load of one user or core.
"""

from __future__ import annotations

import re

from atlas.discover.figure import Figure

Cue = tuple[str | None, int, re.Pattern[str]]
NODE_THINGS_WORDS = """
node server instance host machine broker pod box shard container vm worker appliance proxy gateway
replica nodo knoten process edge
"""
NODE_THINGS = frozenset(NODE_THINGS_WORDS.split())
NULL_THINGS_WORDS = """
core cpu vcpu gpu thread visit visitor session shopper user customer tenant device key connection client
account session channel ip token driver car rider player gate sensor member person merchant
"""
NULL_THINGS = frozenset(NULL_THINGS_WORDS.split())
EACH_NODE = re.compile(
    r"(?i)(?:\b(?:each|every|one|a single|any|per|single)|^\W*an?)\s(?:[A-Za-z]+[\s-]){0,2}?(?:node"
    r"|server|instance|host|machine|broker|pod|box|shard|container|vm|worker|appliance|blade"
    r"|cache node|partition|card|nic)\b(?!s)"
)
EACH_OTHER = re.compile(
    r"(?i)\b(?:each|every|one|a single|any|per)\s(?:\w+\s)?(?:core|cpu|gpu|thread|shopper|visitor"
    r"|user|customer|tenant|device|key|connection|client|account|gate|sensor|van|car|driver"
    r"|rider|player|member|phone|token|api key|ip|caller|camera|meter|truck|vehicle)\b|\beach"
    r" (?:sends?|sending|of them|one|posting|reporting|emitting|making|producing|writing)\b"
)


def _cues(*rows: tuple[str | None, int, str]) -> tuple[Cue, ...]:
    return tuple((metric, pull, re.compile(rf"(?i)(?:{pattern})")) for metric, pull, pattern in rows)


TIME = _cues(
    (
        None,
        95,
        (
            r"\btime[sd]?[\s-]?outs?\b|\bback(?:s|ed|ing)?[\s-]?off\b|\bretr(?:y|ies|ied|ying)\b(?!"
            r" storm)|\b(?:cut off|abort\w*|kill\w*|gives? up|drop(?:s|ped)?|cancel\w*|evict\w*"
            r"|stop(?:s|ped)? waiting) after\b"
        ),
    ),
    (None, 70, (
        r"\b(?:cut|cuts|knocked|shaved|trimmed)\s(?:about |another |some )?$|^\s(?:off (?:every"
        r"|each|the|our)|from (?:every|each))\b|^\sless than before"
    )),
    (None, 60, (
        r"\btime[sd]?[\s-]?outs?\b|\bretr(?:y|ies|ied|ying)\b(?! storm)|\bTTL\b|\blease\b|\bheartbeats?\b"
        r"|\bpoll(?:s|ed|ing)?\b|\bdeadlines?\b|\bcool[\s-]?down\b|\bgrace period\b|\bgives? up\b"
        r"|\bhedg\w+|\bexpir\w+ after|\bsliding window\b|\bwindow of\b|\bdebounce\w*|\bcircuit\b"
        r"|\bflush(?:es|ed)? (?:every|after)"
    )),
    (None, 45, (
        r"^\s?(?:-|\s)?(?:shorter|longer|quicker|faster|slower|later|earlier|sooner|less\b(?! than)"
        r"|more\b(?! than)|extra|additional|of (?:overhead|extra|added)|worse|better|saved)"
    )),
    (None, 45, (
        r"\b(?:shav\w+|sav(?:e|es|ed|ing)|add(?:s|ed|ing)?(?: only| just| about| another)?|an extra"
        r"|an additional|costs? (?:us )?an? extra|gain(?:s|ed)?)\s$"
    )),
    ("lag", 60, (
        r"\blag\w*|\bbehind\b|\btrail\w*|\bstale\w*|\bfresh\w*|\bout of date\b|\bcatch(?:es)? up\b"
        r"|\bcaught up\b|\bdelay\w* (?:of|between|behind)|\breplication delay\b|\bconverg\w+|\bpropagat\w+"
    )),
    ("rto", 70, (
        r"\bRTO\b|\breplac(?:ed|es)\b|\bafter an? (?:\w+\s)?(?:crash|failure|outage|fault|loss"
        r"|reboot)\b|\bback (?:in|within|after)\b|\bcrash(?:es|ed)?\b|\bdead\b|\bheal(?:s|ed|ing)?\b"
        r"|\breroute\w*|\bdetect\w* and\b|\bfail(?:s|ed|ing)?[\s-]?overs?\b|\brecover(?:s|ed|y"
        r"|ing)?\b|\bback (?:online|up|in service|to normal|on its feet)\b|\brestor(?:e|es|ed|ing)\b(?!"
        r" point)|\bpromot(?:e|es|ed|ion|ing)\b|\bMTTR\b|\btakes? over\b|\btook over\b|\bswitch(?:es"
        r"|ed)? over\b|\belects?\b|\belections?\b|\bevacuat\w+"
    )),
    ("rpo", 90, (
        r"\bRPO\b|\bdata loss\b|\blos(?:e|es|ing|t|s)\b[^.;]{0,40}$|^\sof (?:data|writes|updates"
        r"|transactions|changes|orders|events)\b[^.;]{0,30}(?:lost|gone|if|when)|\brecovery point\b"
    )),
    ("retention", 70, (
        r"\bretain\w*|\bretention\b|\b(?:keep|keeps|kept|keeping)\b(?! (?:\w+ )?(?:under|below"
        r"|within))|\bexpir\w+|\bstor(?:e|ed|es|ing) (?:\w+ )?for\b|\bheld for\b|\b(?:hold|holds"
        r"|holding)\b[^.;]{0,30}\bfor\s$|\bliv(?:e|es|ed|ing) for\b|\b(?:available|searchable|readable"
        r"|replayable|queryable|online) for\b|\brollback\w* for\b|\bhistory\b|\bdelet\w+ after\b"
        r"|\barchiv\w+|\bgoes? back\b|\breach(?:es)? back\b|^\sof (?:\w+\s){0,2}?(?:mail|history"
        r"|data|logs?|metrics|messages|traces|events|records|backups?|spans|archives?|readings"
        r"|telemetry|footage|chats?|orders|prices|statements)\b|\bpurg\w+|\bstays? (?:on disk|for)"
        r"|\bold(?:er)? than\b|\bbackups? (?:for|go)"
    )),
    ("service-time", 45, (
        r"^\s?(?:per|for (?:each|one|a)|an?)\s(?:key|picture|image|record|row|item|page|document"
        r"|message|frame|event|object|file|photo|token|packet|video|thumbnail|hash|chunk|block"
        r"|vector|sample|entry|inference|call|operation|signature)\b|\b(?:decod|encod|hash|pars"
        r"|serialis|serializ|deserialis|deserializ|compress|decompress|encrypt|decrypt|transcod"
        r"|resiz|render|sign|scor|rank|index|tokeni[sz]|process|check|infer|merg|handl|validat"
        r"|evaluat|classif)(?:e|es|ing|ed|ion)?\b(?=[^.;]{0,40}$)|\bCPU time\b|\bservice time\b"
        r"|\bprocessing time\b|\b(?:gc|garbage collection) pauses?\b|\bspen(?:d|ds|t)\b|\b\w+(?:izer"
        r"|iser|coder|parser|ranker|scorer|matcher|compiler)s?\b (?:\w+\s)?(?:takes|needs|spends"
        r"|is done)|\bthe (?:model|scorer|ranker|parser|encoder|decoder|kernel|ranking) (?:needs"
        r"|takes|spends)"
    )),
    ("latency", 40, (
        r"\blatenc\w+|\brespon(?:se|d|ds|ded|ses)\b|\bp\d\d\d?(?:\.\d)?\b|\bpercentile|\banswer\w*"
        r"|\brequests?\b|\breads?\b|\bwrites?\b|\bquer(?:y|ies)\b|\blook[\s-]?ups?\b|\bround[\s-]trips?\b"
        r"|\bRTT\b|\bping\b|\bsearch(?:es)?\b|\b(?:come|comes|came) back\b|\breturn(?:s|ed)?\b"
        r"|\bend[\s-]to[\s-]end\b|\bfirst byte\b|\bTTFB\b|\bwait\w*|\bcalls?\b|\bloads? (?:in|within"
        r"|under)|\bpage load|\bhandshake\b|\bcold starts?\b|\bdeliver\w+|\bhops?\b|\bfetch\w*"
        r"|\bcommits?\b|\btail\b|\bgets?\b|\bputs?\b|\bslow(?:est|er)?\b|\bfast(?:est|er)?\b|\bclick"
        r"|\btap\b|\bauction\b|\bcheckout\b|\blogin\b|\bSLO\b|\bsee(?:s|n)?\b|\bappear\w*|\barriv\w*"
    )),
    ("latency", 66, (
        r"\b(?:slowest|fastest|longest|worst|median|average|typical|mean|lookups?) (?:\w+ )?(?:requests?"
        r"|quer(?:y|ies)|reads?|writes?|calls?|responses?|lookups?|took longer)\b"
    )),
    ("duration", 22, r"\btook\b|\btakes?\b"),
    ("duration", 45, (
        r"\blast(?:s|ed|ing)\b|\boutages?\b|\bdowntime\b|\bmigrat\w+|\broll[\s-]?outs?\b|\brolled"
        r" out\b|\bbuilds?\b|\bjobs?\b|\bbatch\w*|\bdeploy\w*|\btrain(?:s|ed|ing)\b|\bepoch\b|\bcompil\w+"
        r"|\btests?\b|\bfinish\w*|\bran for\b|\bincident\b|\brebuil\w+|\bdrain\w*|\bsale\b|\bpipeline\b"
        r"|\bbackfill\w*|\breindex\w*|\bbisect\w*|\bprovision\w*|\bboot\w*|\bstart(?:s|ed)? up\b"
        r"|\bstart-?up\b|\bwarm\w*|\bcompaction\b|\bsuite\b|\bCI\b|\bdegrad\w+|\bdown for\b|\bunavailable\b"
        r"|\bwent dark\b|\bdark for\b|\bfreeze\b|\bfroze\b|\brestarts?\b|\bbackups?\b|\bshard split"
        r"|\bresiz\w+|\brepair\w*|\brebalanc\w+|\bimport\w*|\bexport\w*|\bevent\b|\bscan(?:s|ned)?\b"
        r"|\bbrown-?out\b|\bpage the\b|\bmaintenance\b|\bcopy(?:ing)?\b|\bnightly\b"
    )),
)  # fmt: skip
DATA = _cues(
    (None, 72, r"\b(?:container|docker|machine) images?\b|\bmono-?repo\w*|\brepositor\w+|\bbundles?\b|\bcode ?base\b"),
    (None, 40, (
        r"\b(?:app|binary|bundle|installer|apk|executable|image of|artifact|firmware|download|package)\b"
        r" (?:weighs|is|has|measures|comes|takes)|\bfree (?:up|s)?\b|\bfreed\b|\bsaved?\b|\btry"
        r" it free\b|\bgrows? by\b|\bgrew by\b|^\s(?:more|less|smaller|bigger|larger|saved)\b|\bcode"
        r" ?base\b|\bdiff\b|\b(?:container|docker|machine) images?\b|\bmono-?repo\w*|\brepositor\w+"
        r"|\bbundles?\b|\bjava ?script\b"
    )),
    ("memory-per-node", 50, r"\bRAM\b|\bmemory\b|\bheap\b|\bDRAM\b|\bHBM\b|\bresident\b"),
    ("storage-per-node", 55, r"\bSSDs?\b|\bdisks?\b|\bdrives?\b|\bNVMe\b|\bflash\b|\bHDDs?\b"),
    ("payload", 60, (
        r"\bpings?\b|\brequests?\b|\bmessages?\b|\bframes?\b|\bpackets?\b|\bpayloads?\b|\bresponses?\b"
        r"|\bwebhooks?\b|\bheartbeats?\b|\bRPCs?\b|\bevents?\b|\bupdates?\b|\bdatagrams?\b|\btelemetry\b"
        r"|\bheaders?\b|\breplies\b|\breply\b|\bnotifications?\b"
    )),
    ("item-size", 55, (
        r"\bpages?\b(?! the)|\buploads?\b|\bobjects?\b|\brows?\b|\brecords?\b|\bdocuments?\b|\bimages?\b"
        r"|\bphotos?\b|\bpictures?\b|\bfiles?\b|\bblobs?\b|\bvalues?\b|\bentr(?:y|ies)\b|\bcarts?\b"
        r"|\bthumbnails?\b|\bvideos?\b|\bchunks?\b|\bblocks?\b|\bprofiles?\b|\bkeys?\b|\bitems?\b"
        r"|\bvectors?\b|\bembeddings?\b|\bsegments?\b|\bspans?\b|\battachments?\b|\btracks?\b|\bemails?\b"
        r"|\btiles?\b|\bclips?\b|\bsnapshots?\b"
    )),
)  # fmt: skip
SIZED = re.compile(
    r"(?i)\b(?:is|are|weigh\w*|measures?|averag\w+|median|mean|largest|biggest|smallest|typical"
    r"|up to|under|at most|accept\w*|limit\w*|size\w*|takes?|needs?|carr(?:y|ies)|holds?|each"
    r"|every|per|an?|one|no larger|fits?|has|of|than)\b"
)
RATIO = _cues(
    ("availability", 70, (
        r"\buptime\b|\bavailab\w+|\bSLA\b|\bup and running\b|\bwas up\b|\breliab\w+|\bof the (?:time"
        r"|year|month|day|quarter)\b|\bof last (?:year|quarter|month|week)\b|\breachable\b|\bsuccess"
        r" rate\b|\bnines\b|\bof (?:all )?requests succe|\bsucceed\w*"
    )),
    ("hit-ratio", 80, (
        r"\bhit[\s-](?:ratios?|rates?)\b|\bcache hits?\b|\bhits?\b|\bcach(?:e|es|ed|ing)\b[^.;]{0,25}(?:answer"
        r"|serv|absorb|hit)\w*|\b(?:answered|served|come|comes|came) (?:straight )?(?:from|by|out"
        r" of) (?:the |our |a )?(?:\w+ )?cache\b|\bfrom (?:the )?(?:edge )?cache\b|\boffload\w*"
        r"|\bmiss (?:ratio|rate)\b"
    )),
    ("utilisation", 60, (
        r"\butili[sz]\w+|\bCPUs?\b|\bbusy\b|\boccupan\w+|\bheadroom\b|\bidle\b|\bsaturat\w+|\bdisks?"
        r" (?:are|is|were) full\b|\b(?:fleet|cluster|memory|disk|network|link|cores?|GPUs?|machines"
        r"|nodes|brokers|hosts|servers) (?:is|are|runs?|sits?|stays?|ran|was|were|at|hovers?)\b(?=[^.;,]{0,25}$)"
        r"|\b(?:runs?|ran|sits?|hovers?|stays?|idles?|load(?:ed)?|plateaus?) (?:at|around|near"
        r"|below|under|above)\b|\bof (?:its|their|the|our) capacity\b|\bfull\b|\bloaded\b|\bof"
        r" memory\b|\bused\b"
    )),
    ("reduction", 60, (
        r"\breduc\w+|\bshav\w+|\bsav(?:e|es|ed|ing|ings)\b|\bcut(?:s|ting)?\b|\btrim\w+|\bslash\w*"
        r"|\blower\w*|\bdecreas\w+|\bshr[aiu]nk\w*|\bcheaper\b|\bless\b(?! than (?!before))"
        r"|\bfewer\b(?! than (?!before))"
        r"|\bsmaller\b|\bdrop(?:s|ped)? by\b|\bfell by\b|\bdown (?:by )?$|\bremov\w+|\beliminat\w+"
        r"|\bfell (?:another )?$|\bdropped (?:another )?$|\bdeclin\w+"
    )),
    ("ratio", 62, (
        r"\bfaster\b|\bmore\b(?! than)|\bgr[eo]w\w*|\bgrowth\b|\bincreas\w+|\brose\b|\bhigher\b"
        r"|\bquicker\b|\bloss\b|\blose\b|\blost\b|\bpackets\b|\bof (?:its|their) (?:\w+ )?size\b"
        r"|\bimprov\w+|\bthroughput\b|\bupswing\b|\bjump\w*|\bsurg\w+|\bretr(?:y|ies)\b|\bslower\b"
        r"|\bbetter\b|\bworse\b|\bof (?:the )?original\b|\bconversion\b|\bdup\w*\b|\bprecision\b"
        r"|\brecall\b|\baccuracy\b|\bcompress\w*|\boverhead\b|\bpenalty\b|\byear over year\b|\babort\w*"
        r"|\brejected\b|\bdropped\b|\bextra\b"
    )),
    ("ratio", 82, (
        r"\berror rate\b|\berrors?\b|\bfail(?:s|ed|ure|ures|ing)?\b|\bin error\b|\btimes? out\b"
        r"|\btimed out\b"
    )),
    ("share", 50, (
        r"^(?:\s\w+)?\s(?:of|aller|der|de|of all)\s|\bshare\b|\baccount(?:s|ed|ing)? for\b|\bmakes?"
        r" up\b|\bportion\b|\bfraction\b|\bof (?:all|our|the|its|every|total)\b"
    )),
)  # fmt: skip
MONEY = _cues(
    (None, 60, (
        r"\brais(?:e|ed|ing)\b|\bvaluation\b|\bvalued\b|\bfunding\b|\bround\b|\bSeries [A-K]\b"
        r"|\bacqui\w+|\bIPO\b|\binvest\w+|\bbought (?:by|for)\b|\bseed round\b"
    )),
    (None, 55, (
        r"\bsav(?:e|es|ed|ing|ings)\b|\blower(?:s|ed)? [^.;]{0,30}by\b|\bcut(?:s|ting)? [^.;]{0,30}by\b"
        r"|\breduc\w+ [^.;]{0,30}by\b|\bback\b|\bcheaper\b|\bless\b(?! than)"
    )),
    ("cost", 55, (
        r"\bcosts?\b|\bbills?\b|\bspend\w*|\bspent\b|\bpay(?:s|ing)?\b(?! ?(?:ment|out))|\bpaid\b"
        r"|\bbudget\b|\binvoice\b|\bexpens\w+|\brent\b|\brun(?:s|ning)? (?:us|at|for)|\bhosting\b"
        r"|\binfrastructure\b|\bcloud\b|\bfees?\b|\blicen[cs]e\w*|\bCDN\b|\bstorage\b|\bfor (?:compute"
        r"|egress|logs|tiles|servers)\b"
    )),
    ("money-rate", 60, (
        r"\bchanges? hands\b|\bworth\b|\bpass(?:es|ed)? through\b|\bsettl\w+|\bprocess\w*|\bsales?\b"
        r"|\bvolume\b|\bGMV\b|\brevenue\b|\bpayments?\b|\bpayouts?\b|\btransact\w+|\bturnover\b"
        r"|\bmov(?:e|es|ed|ing)\b|\bflows?\b|\bhandl\w+|\btrad\w+|\bmerchants\b|\bclear(?:s|ed"
        r"|ing)\b|\bdonat\w+|\bgross\b|\border\w*|\btransfer\w*|\broute\w*|\bremit\w*|\bpasses\b"
        r"|\bpass\b"
    )),
)  # fmt: skip
CONCURRENT = re.compile(
    r"(?i)\b(?:concurren\w+|simultaneous\w*|at once|at the same (?:time|moment|instant)|in[\s-]flight"
    r"|pending|outstanding|online|in parallel|side by side|together|at any (?:given )?(?:moment"
    r"|time|one time|second|instant|minute)|right now|logged in|same second|in progress|at"
    r" a time|parallel|gleichzeitig\w*|live (?:viewers|streams|sessions|games|matches))\b"
)
DIFFERENCE = re.compile(r"(?i)^(?:fewer|more|extra|additional|less|further|other|spare)\b")
ALLOWED = re.compile(
    r"(?i)\b(?:may (?:open|have|hold|send|use|create|make|own|keep|start)|(?:is|are) allowed"
    r"|(?:is|are) limited|limit(?:s|ed)? (?:is|of|to|at)|quotas?|hard cap|capped at)\b"
)
COPIED = ("nodes", "locations", "regions", None, "replicas", "clusters", "records")
COPIES = re.compile(
    r"(?i)\b(?:written|stored?|stores|copied|replicat\w+|kept|keep|lands?|mirrored|goes|placed"
    r"|persisted|acknowledged|saved)\s(?:\w+\s){0,4}?(?:to|on|in|at|across|by|into)\s(?:\w+\s)?$"
)
NEVER_CONCURRENT = (
    "nodes",
    "regions",
    "cores",
    "clusters",
    "shards",
    "connections",
    "services",
    "replicas",
    "locations",
    "tables",
)
AT_ONCE = re.compile(
    r"(?i)\b(?:concurren\w+|simultaneous\w*|at once|at the same (?:time|moment)|in parallel|in[\s-]flight)\b"
)
CONNECTED = re.compile(
    r"(?i)\b(?:connect(?:ed|ions?|s)?|sockets?|web[\s-]?sockets?|links?|listens? to|attached"
    r"|hold(?:s|ing)? (?:a|an|one|open)|stay open|long-lived|keep(?:s|ing)? open|dial(?:s|ed)?"
    r" in|MQTT|TCP|report(?:s|ing)? in|subscribed)\b"
)
GROWTH = re.compile(
    r"(?i)\b(?:grow(?:s|ing|n)?|grew|gain(?:s|ed|ing)?|swell\w*|add(?:s|ed|ing)?|new|sign[\s-]?ups?"
    r"|sign up|join(?:s|ed|ing)?|expand\w*|increas\w+|onboard\w*|regist\w+|accumulat\w+|piles?"
    r" up|put on|puts on|accret\w+|newly|additional|born)\b"
)
DEPLOY = re.compile(
    r"(?i)\b(?:deploy\w*|releas\w+|roll[\s-]?outs?|ship(?:s|ped|ping)?|production|push(?:es"
    r"|ed)? to|merg\w+ to (?:main|master|trunk)|go(?:es)? live)\b"
)
FANOUT = re.compile(
    r"(?i)\b(?:fan(?:s|ned|ning)?[\s-]?out|trigger\w*|caus(?:e|es|ed|ing)|spawn\w*|turns? into"
    r"|becomes?|goes (?:out )?to|explod\w+|results? in|set(?:s)? off|fires?|touch(?:es|ed)?"
    r"|issu(?:e|es|ed|ing)|amplif\w+|(?:one|a|each|every|single) (?:\w+\s){0,3}(?:request|page"
    r"|screen|post|tweet|message|click|event|write|search|query|checkout|booking|screen|tap"
    r"|call|upload|publish|view) (?:\w+\s){0,2}?(?:makes?|means|needs?|requires?|leads? to"
    r"|ends? in|reaches|goes to|means|touches|hits|asks|calls))\b"
)
RENDERING = re.compile(
    r"(?i)^(?:\w+\s)?(?:rendering|opening|loading|building|serving|showing|drawing|answering"
    r"|publishing|posting|placing|booking|searching|refreshing|assembling)\b[^,;.]{0,40}\b(?:means"
    r"|needs|takes|costs|requires|makes|issues|asks|touches|hits|calls|involves|triggers)\b"
)
DELIVERED = re.compile(
    r"(?i)\b(?:reach(?:es|ed|ing)?|deliver(?:s|ed|ies|y)?|notif(?:y|ies|ied)|broadcast\w*|push(?:es"
    r"|ed)?(?: out)?|recipients?|inbox\w*|per (?:broadcast|post|announcement|campaign|alert"
    r"|message)|sent to|goes out to)\b"
)
NAMED_PERIOD = re.compile(
    r"(?i)\b(?:black friday|cyber monday|singles.? day|sale|during|in (?:one|a single|those"
    r"|the (?:first|last|four|three|two|past)) \w+|on (?:one|a single|launch|election|christmas"
    r"|new year|peak|that|prime|match|the)\b|last (?:year|month|week|night|quarter|summer|winter)"
    r"|this year|took|saw|brought|handled|processed|weekend|since launch|in 20\d\d|over the"
    r" (?:weekend|holidays|year)|that (?:day|night|week|hour)|game day|final|holiday|half-?time"
    r"|within)\b"
)
PAYING = re.compile(r"(?i)\b(?:pay|pays|paying|paid|subscri\w+|purchas\w+|licen[cs]\w+|sign a contract)\b")
STAFF = re.compile(
    r"(?i)\b(?:on[\s-]call|pager|crew|team(?:s|mates)?|SREs?|operate[sd]?|maintain\w*|run by"
    r"|build(?:s|ing)?|looks? after|engineer\w*|group of|squad|of us|kept alive by|cared for"
    r"|platform)\b"
)


def clause_of(text: str, figure: Figure) -> str:
    """The words around a figure, to the next break of the sentence."""
    head = re.split(r"[;:]\s|\s[—–]\s|,\s(?:and|but|while|which|so)\s", text[: figure.start])[-1][-110:]
    tail = re.split(r"[;:]\s|\s[—–]\s|,\s|\s(?:and|while|but)\s", text[figure.end :])[0][:70]
    return f"{head} {text[figure.start : figure.end]} {tail}"


def nearest(text: str, figure: Figure, cues: tuple[Cue, ...], default: str | None, reach: int = 90) -> str | None:
    """The metric whose cue is nearest to the figure, its pull counted in; behind it counts ten letters more."""
    head, tail = text[max(0, figure.start - reach) : figure.start], text[figure.end : figure.end + reach]
    best, metric = 0.0, default
    found = False
    for name, pull, pattern in cues:
        near = min(
            [len(head) - m.end() + _breaks(head[m.end() :]) for m in pattern.finditer(head)]
            + [m.start() + 10 + _breaks(tail[: m.start()]) for m in pattern.finditer(tail)],
            default=None,
        )
        if near is not None and (not found or pull - near > best):
            best, metric, found = pull - near, name, True
    return metric if found else default


def _breaks(between: str) -> int:
    return 35 * sum(between.count(mark) for mark in (",", ";", " and ", " but ", ":"))
