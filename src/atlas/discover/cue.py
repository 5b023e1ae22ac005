"""Words that change what a counted noun means: at once, staff, paying, caused, sent, allowed, more than before."""

from __future__ import annotations

import re

CONCURRENT = re.compile(
    r"(?i)\b(?:concurren\w+|simultaneous\w*|at once|at the same (?:time|moment|instant)|in[\s-]flight"
    r"|pending|outstanding|(?:are|is|were|was|be|being|stay|players?|users?|people|riders?) (?:\w+ )?online"
    r"|online (?:at|together|on)|in parallel|side by side|together|at any (?:given )?(?:moment"
    r"|time|one time|second|instant|minute)|right now|logged in|same second|in progress|at"
    r" a time|parallel|gleichzeitig\w*|live (?:viewers|streams|sessions|games|matches))\b"
)
DIFFERENCE = re.compile(r"(?i)^(?:fewer|more|extra|additional|less|further|other|spare)\b")
ALLOWED = re.compile(
    r"(?i)\b(?:may (?:open|have|hold|send|use|create|make|own|keep|start)|(?:is|are) allowed"
    r"|(?:is|are) limited|limit(?:s|ed)? (?:is|of|to|at)|quotas?|hard cap|capped at"
    r"|(?:trips?|gives? up|opens?|stops?|aborts?|pages?|bails? out|banned|blocked) after)\b"
)
COPIED = ("nodes", None, "replicas", "records")
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
    r"|sign up|(?:open|creat)\w* an? (?:account|profile)|join(?:s|ed|ing)?|expand\w*|increas\w+|onboard\w*|regist\w+"
    r"|accumulat\w+|piles?"
    r" up|put on|puts on|accret\w+|newly|additional|born)\b"
)
DEPLOY = re.compile(
    r"(?i)\b(?:deploy\w*|releas\w+|roll[\s-]?outs?|ship(?:s|ped|ping)?|production|push(?:es"
    r"|ed)? to|merg\w+ to (?:main|master|trunk)|go(?:es)? live)\b"
)
FANOUT = re.compile(
    r"(?i)\b(?:fan(?:s|ned|ning)?[\s-]?out|trigger\w*|caus(?:e|es|ed|ing)|spawn\w*|turns? into|turned into"
    r"|goes (?:out )?to|explod\w+|results? in|set(?:s)? off|fires? (?:off )?|touch(?:es|ed)?|expands? (?:in)?to"
    r"|multipli\w+ into"
    r"|issu(?:e|es|ed|ing)|amplif\w+|notif(?:y|ies)|(?:one|a|each|every|single) (?:\w+\s){0,3}(?:request|page"
    r"|screen|post|tweet|message|click|event|write|search|query|checkout|booking|screen|tap"
    r"|call|upload|publish|view|login|order|payment|ride|trip|save|commit|swipe|update|push"
    r"|tick) (?:\w+\s){0,2}?(?:makes?"
    r"|means|needs?|requires?|leads? to|becomes?|produces?|creates?|generates?|involves?|contacts?|queries|consults?"
    r"|talks? to"
    r"|ends? in|reaches|goes to|means|touches|hits|asks|calls|costs?|fetches|reads?|sends?))\b"
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
    r"|new year|peak|prime|match|(?:that|the) (?:\w+ )?(?:day|night|evening|weekend|morning|sunday|saturday|friday"
    r"|monday))\b|last (?:year|month|week|night|quarter|summer|winter)"
    r"|this year|took|saw|brought|handled|processed|weekend|since launch|in 20\d\d|over the"
    r" (?:weekend|holidays|year)|that (?:day|night|week|hour)|game day|final|holiday|half-?time"
    r"|within)\b"
)
PAYING = re.compile(r"(?i)\b(?:pay|pays|paying|paid|subscri\w+|purchas\w+|licen[cs]\w+|sign a contract)\b")
STAFF = re.compile(
    r"(?i)\b(?:on[\s-]call|pagers?|crew|team(?:s|mates)?|SREs?|operate[sd]?|maintain\w*|run by"
    r"|build(?:s|ing)?|looks? after|engineer\w*|group of|squad|of us|kept alive by|cared for"
    r"|platform)\b"
)
