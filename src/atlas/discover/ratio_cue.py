"""Words that tell what a percentage or a sum of money measures."""

from __future__ import annotations

from atlas.discover.cue_table import cues

LOOSELY = r"(?:about |another |a further |roughly |some |nearly |almost |over |more than |around |up to |only |just )*"
_CACHES = r"(?:cach(?:e|es|ing)|cdn|memcached?|redis|varnish|edge|buffer pool|proxy|front tier|memory tier)"
_CHANGED = (
    r"(?:dropp?(?:s|ed)?|fell|falls?|sank|sunk|declined|went down|came down|plunged|decreased|dipped|shrank|shrunk"
    r"|reduced"
    r"|is down|are down|was down|were down|lowered [\w ]{1,20}|cut [\w ]{1,20}|shrinks?)"
)
RATIO = cues(
    ("utilisation", 125, r"\b(?:CPU|GPU|disk|memory|heap)(?: is| at|:)? $"),
    ("reduction", 118, r"(?:^|[\s:(,])-$"),
    ("ratio", 60, r"(?:^|[\s:(,])\+$"),
    ("hit-ratio", 120, r"\b(?:hit|miss)[\s-](?:ratios?|rates?)\b"),
    ("reduction", 100, (
        r"\b(?:saved?|saves|saving|spares?|spared|avoids?|avoided"
        rf"|shaved|shaves|trimmed|cut) (?:us )?{LOOSELY}$"
    )),
    ("ratio", 84, r"^[^.;,]{0,30}\b(?:miss|misses|are (?:retried|rejected|dropped|lost|duplicates))\b"),
    ("share", 97, (
        rf"\bmakes? up {LOOSELY}$|^\sof (?:the|our|its) \w+(?: \w+)? (?:is|are|was|were) (?!broken|lost|full|idle|busy)"
    )),
    ("utilisation", 52, rf"\b(?:use|uses|used|eats?|ate|consum\w+|occup\w+|burns?) {LOOSELY}$"),
    ("ratio", 90, (
        r"^\sof [\w ]{1,30}? (?:are|is|get|were|was|go|went|come|came|time) (?:\w+ly )?(?:broken|lost|wrong|bad|late"
        r"|empty|corrupt\w*|duplicates?"
        r"|rejected|dropped|retried|refused|failed|missing|stale|spam|out)\b"
    )),
    ("hit-ratio", 90, rf"\bcaches {LOOSELY}$"),
    ("utilisation", 108, (
        r"\butili[sz]ation\b|\boccupancy\b|\bCPU (?:load|usage)\b|\b(?:used|filled|loaded) (?:up )?to \w*\s?$"
    )),
    ("ratio", 106, (
        r"\b(?:error|failure|retry|loss|abort|drop|conversion|churn|compression|duplicate|rejection"
        r"|fraud)[\s-](?:rates?|ratios?)\b"
    )),
    ("availability", 96, r"\b(?:uptime|availability|success rate)\b"),
    (None, 76, (
        r"\bthresholds?\b|\b(?:alarms?|warnings?) (?:\w+ ){0,3}(?:at|above|below|beyond)\b"
        r"|\balert(?:s|ed)? (?:at|when|above|if|on)\b|\bopens? (?:when|at|if|after)\b|\btrips? (?:at"
        r"|when|if)\b"
        r"|\bkicks? in\b|\btrigger(?:s|ed)? (?:at|when|above|if)\b|\b(?:scales?|scaled) (?:up|out|in) (?:at|when"
        r"|above|if)\b"
        r"|\bpage[sd]? (?:us )?(?:at|when|if)\b|\bshed(?:s|ding)? (?:load )?(?:at|when|above)\b|\bset to\b"
        r"|\blimit(?:s|ed)? (?:to|at|of)\b"
        r"|\bcanary\b|\bbudget of\b|\bby default\b|\bdefaults?\b|\breject(?:s|ed)? (?:when|above|if|at)\b"
        r"|\bas soon as\b|\bconfigur\w+|\b(?:sampl\w+) (?:at"
        r"|rate)\b"
    )),
    ("availability", 70, (
        r"\buptime\b|\bVerfügbarkeit\b|\bdisponibili\w+|\bavailab\w+|\bSLAs?\b|\bup and running\b|\b(?:was|were|is"
        r"|been|stayed|stays|be) up\b"
        r"|\breliab\w+|\bof the (?:time"
        r"|year|month|day|quarter|minutes|hours|days)\b|\bof last (?:year|quarter|month|week)\b|\breachable\b|\bsuccess"
        r"[\s-]rates?\b|\bnines\b|\bof (?:all )?requests succe|\bsucceed\w*|\bsuccessful\w*|\bonline\b"
        r"|\bwithout (?:an )?error\b"
        r"|\btargets?\b|\bpromis\w+|\bguarantee\w*|\bSLOs?\b"
    )),
    ("hit-ratio", 84, (
        r"\bhit[\s-](?:ratios?|rates?)\b|\bcache hits?\b|\bhits?\b|\bmiss (?:ratio|rate)\b|\bcache effectiveness\b"
        rf"|\b{_CACHES}\b[^.;,]{{0,32}}\b(?:answer|serv|absorb|hit|catch|handl|satisf|swallow|soak|stop|shield|take"
        rf"|cover|return)\w*"
        r"|\b(?:answered|served|come|comes|came|satisfied|handled|absorbed|read|resolved|covered|fetched"
        r"|done) (?:straight |directly |right )?(?:from|by|out"
        rf" of|in|at) (?:the |our |a |its )?(?:\w+ ){{0,2}}?{_CACHES}\b|\bfrom (?:the |its |our )?(?:\w+ )?cache\b"
        rf"|\boffload\w*"
        r"|\bnever (?:leaves?|reach(?:es)?|touch(?:es)?|hits?|sees?|gets? to|makes? it to|arrives? at|goes to|go to)\b"
        r"|\b(?:out of|from) (?:main |local )?memory\b|\bin (?:the )?(?:\w+ )?cache\b|\bfrom RAM\b"
        r"|\bserved locally\b|\bcached\b"
    )),
    ("utilisation", 64, (
        r"\butili[sz]\w+|\bCPUs?\b|\bbusy\b|\boccup\w+|\bheadroom\b|\bsaturat\w+|\bdisks?"
        r" (?:are|is|were) full\b|\b(?:fleet|cluster|memory|disk|network|link|cores?|GPUs?|machines"
        r"|nodes|brokers|hosts|servers) (?:is|are|runs?|sits?|stays?|ran|was|were|at|hovers?)\b(?=[^.;,]{0,25}$)"
        r"|\b(?:runs?|ran|sits?|hovers?|idles?|load(?:ed)?|plateaus?|cruis\w+) (?:at|around|near"
        r"|below|under|above|to)\b|\bof (?:its|their|the|our) (?:capacity|limit|maximum|bandwidth|memory|cores|quota"
        r"|disk)\b|\bfull\b|\bloaded\b|\bof"
        r" memory\b|\bin use\b|\bAuslastung\b|\butilisation\b|\bocupación\b|\b(?:memory|disk|CPU|GPU|heap|swap"
        r"|network|bandwidth|link|core|pool|capacity"
        r"|storage) (?:us(?:e|age)|load|pressure|consumption|occupancy)\b"
        r"|^\s(?:of the capacity|capacity|used|utili[sz]\w+|load|busy|full|CPU|GPU|memory|allocated|occupied|idle)\b"
        r"|\ballocated\b"
    )),
    ("utilisation", 90, (
        r"\bidl(?:e|es|ed|ing)\b|\bCPU (?:load|time|use|usage)\b|\b(?:CPU|GPU|memory|disk) (?:is|was|sits|at|stays"
        r"|hovers|climbed|rose|fell|dropped)\b"
        r"|\butili[sz]ation\b|\b(?:memory|disk|CPU|GPU|heap|link|network|pool) usage\b|^\s(?:full|busy|utili[sz]ed"
        r"|occupied)\b"
    )),
    ("reduction", 60, (
        r"\breduc\w+|\bshav\w+|\bsav(?:e|es|ed|ing|ings)\b|\bcut(?:s|ting)?\b(?! off)|\btrim\w+|\bslash\w*"
        r"|\blower(?:s|ed|ing)?\b|\bdecreas\w+|\bshr[aiu]nk\w*|\bcheaper\b|\bless\b(?! than (?!before))"
        r"|\bfewer\b(?! than (?!before))"
        r"|\bsmaller\b|\bshorter\b|\blower\b|\blighter\b|\bdrop(?:s|ped)? by\b|\bfell by\b|\bdown (?:by )?$"
        r"|\bremov\w+|\beliminat\w+"
        rf"|\b{_CHANGED} (?:by |another |a further |roughly |about |some |nearly |almost |over |more than "
        rf"|an? \w+ )*$|\bdeclin\w+"
        r"|\bhalv\w+|\boff the\b|\bg[eo]t rid of\b|\bgone\b|\bvanish\w*|\bdisappear\w*|\bsqueez\w+|\bshed\b"
    )),
    ("reduction", 75, (
        r"^\s(?:less|fewer|smaller|cheaper|lower|shorter|lighter|leaner|thinner|slimmer|tighter|off (?:the|our|every"
        r"|each|of)|of the (?:cost"
        r"|bill) (?:gone|went))\b"
    )),
    ("ratio", 62, (
        r"\bfaster\b|\bmore\b(?! than)|\bgr[eo]w\w*|\bgrowth\b|\bincreas\w+|\brose\b|\bhigher\b"
        r"|\bquicker\b|\bloss\b|\blose\b|\blost\b|\bpackets\b|\bof (?:its|their|the) (?:\w+ )?size\b"
        r"|\bimprov\w+|\bthroughput\b|\bupswing\b|\bjump\w*|\bsurg\w+|\bretr(?:y|ies)\b|\bslower\b"
        r"|\bbetter\b|\bworse\b|\bof (?:the )?original\b|\bconversion\w*\b|\bdup\w*\b|\bprecision\b"
        r"|\brecall\b|\baccura\w+|\bcompress\w*|\boverhead\b|\bpenalty\b|\byear over year\b|\babort\w*"
        r"|\brejected\b|\bextra\b|\bwent up\b|\bclimb\w*|\bdurab\w+|\bchurn\w*|\bfalse positives?\b|\bcoverage\b"
        r"|\bfilter\w*|\bbounc\w*|\bdedup\w*|\bskew\w*|\bcorrect\w*|\bsampl\w+|\bmargin\w*|\bdefect\w*|\bgain(?:s"
        r"|ed)?\b|\boptimi[sz]\w+|(?<!make )(?<!makes )\bup (?:by )?$"
    )),
    ("reduction", 96, (
        r"\b(?:cut|reduc|lower|shr[aiu]nk|drop|fell|fall|decreas|trim|slash|sav|down|shorten|squeez"
        r"|bring)\w*[^.;]{0,60}\bby"
        rf" {LOOSELY}$"
    )),
    ("ratio", 96, (
        rf"\b(?:rose|rise|grew|grow|increas|improv|climb|jump|went up|boost|gain|rais"
        rf"|up)\w*[^.;]{{0,60}}\bby {LOOSELY}$"
    )),
    ("ratio", 75, (
        r"^\s(?:faster|more|higher|slower|quicker|better|worse|larger|bigger|growth|increase|overhead|packet loss"
        r"|recall|precision|accuracy)\b|\bpacket loss\b|\bdurability\b"
    )),
    ("ratio", 82, (
        r"\berror[\s-]rates?\b|\berrors?\b|\bfail(?:s|ed|ure|ures|ing)?\b|\bin error\b|\btimes? out\b"
        r"|\btimed out\b|\bretry rate\b|\bdrop rate\b|\babort rate\b"
    )),
    ("share", 92, (
        r"\bof (?:which|whom|these|those|them),?\s(?:only |just |about |some |roughly |nearly |almost |over )*$"
    )),
    ("share", 95, (
        r"^\sof (?:the|our|its|that|all) (?:\w+ )?(?:bill|cost|costs|spend|spending|budget|invoice|traffic|load"
        r"|revenue|total|volume|code)\b"
    )),
    ("utilisation", 92, (
        r"^\sof (?:an?|one|each|every|the|its) (?:\w+ )?(?:core|cpu|gpu|disk|link|memory|ram|heap|machine)\b"
    )),
    ("share", 54, (
        r"^(?:\s\w+)?\s(?:of|aller|der|de|des|di|dei|of all)\s|\bshare\b|\baccount(?:s|ed|ing)? for\b|\bmakes?"
        r" up\b|\bportion\b|\bfraction\b|\bof (?:all|our|the|its|every|total|everything)\b|\bresponsible for\b"
        r"|\bcame? from\b|\bcomes? from\b"
        r"|\bbelongs? to\b|\bgoes to\b|\bgo to\b|\bconsist\w*\b|\bstill (?:use|run|on)\b|\bmake up\b"
    )),
)  # fmt: skip
"""Cues of percentages; ``None`` is a threshold that somebody set."""
MONEY = cues(
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
