"""Words that tell what a time measures: a caller's wait, work on one item, an event, a delay of copies, a recovery."""

from __future__ import annotations

from atlas.discover.cue_table import cues

TAKEN = 22
"""The pull of ``took`` and ``takes``, which say only that it was a time."""
TIME = cues(
    (None, 95, (
        r"\btime[sd]?[\s-]?outs?\b|\bback(?:s|ed|ing)?[\s-]?off\b|\bretr(?:y|ies|ied|ying)\b(?!"
        r" storm)|\b(?:cut off|abort\w*|kill\w*|gives? up|drop(?:s|ped)?|cancel\w*|evict\w*"
        r"|stop(?:s|ped)? waiting|giv\w+ up|hedg\w*|clos\w+|disconnect\w*|log(?:s|ged)? out"
        r"|reclaim\w*) (?:[\w']+ ){0,3}after\b"
    )),
    (None, 70, (
        r"\b(?:cut|cuts|knocked|shaved|trimmed|shed|won|gained|lost) (?:us )?(?:about |another |some )?$"
        r"|^\s(?:off (?:every|each|the|our|of)|from (?:every|each))\b|^\sless than before"
    )),
    (None, 96, (
        r"\b(?:alarm|alert|page|warn|shout)(?:s|ed|ing)?(?: (?!in\b|within\b)[a-z]+){0,2}"
        r" (?:at|above|beyond|past) (?:[a-z]+ )?$"
        r"|\b(?:tolerat|permit)\w* [^.;,]{0,30}$"
    )),
    (None, 60, (
        r"\btime[sd]?[\s-]?outs?\b|\bretr(?:y|ies|ied|ying)\b(?! storm)|\bTTLs?\b|\bleases?\b|\bheartbeats?\b"
        r"|\bpoll(?:s|ed|ing)?\b|\bdeadlines?\b|\bcool[\s-]?down\b|\bgrace period\b|\bgives? up\b"
        r"|\bhedg(?:e|es|ed|ing) (?:after|at)\b|\bhedged\b|\bexpir\w+ after|\b(?:sliding|tumbling|time"
        r"|batch(?:ing)?) windows?\b"
        r"|\bwindows? of\b|\bdebounc\w*|\bcircuit\b|\bkeep-?alives?\b|\bsession length\b|\bjitter\b|\binterval\b"
        r"|\bthrottl\w+|\bvalid for\b|\btokens?\b[^.;]{0,20}\b(?:live|last|valid)\b|\bbatch(?:es|ed)? (?:for|up to"
        r"|every)\b"
        r"|\bflush(?:es|ed)? (?:every|after)|\bhealth[\s-]?checks?\b|\bcached for\b|\bcach(?:e|es|ing) [^.;]{0,20}for\b"
        r"|\brefresh(?:es|ed)? (?:after|every)|\block(?:s|ed)? (?:is |are )?(?:held )?for\b|\b(?:linger|wait)s? up to\b"
    )),
    (None, 84, (
        r"\b(?:rose|rises?|risen|gr[eo]w\w*|increas\w+|fell|falls?|drop\w*|improv\w+|went (?:up|down)|reduc\w+|lower\w*"
        r"|decreas\w+|shorten\w*|climb\w*)\b[^.;]{0,40}"
        r"\bby (?:about |around |roughly |some |almost |nearly |only |up to )?$"
    )),
    (None, 45, (
        r"^\s?(?:-|\s)?(?:shorter|longer|quicker|faster|slower|sooner|less\b(?! than)"
        r"|more\b(?! than)|extra|additional|of (?:overhead|extra|added)|worse|better|saved|on top)"
    )),
    (None, 45, (
        r"\b(?:shav\w+|sav(?:e|es|ed|ing)|add(?:s|ed|ing)? another|an extra"
        r"|an additional|costs? (?:us )?an? extra|gain(?:s|ed)?)(?: us| you)?\s$"
    )),
    ("lag", 95, (
        r"^\s?(?:behind|late)\b|\beverywhere (?:\w+ )?(?:after|within|in)\s$|\b(?:searchable|visible|refreshed"
        r"|queryable|up to date|in sync) (?:\w+ )?(?:after|within|in"
        r"|for)? ?$"
    )),
    (None, 80, (
        r"\b(?:stays?|remains?|kept) (?:open|closed|locked|blocked|banned) for\b|\bbudget of\b|\bby default\b"
        r"|\bdefaults? (?:to|of|is)\b"
    )),
    ("rto", 96, (
        r"\btime to (?:re\w+|fix|mitigat\w+)\b|\bMTTR\b|\bRTOs?\b|\beverything (?:was|is) (?:back|green|up|normal)\b"
    )),
    ("duration", 90, (
        r"\b(?:sessions?|connections?|visits?|containers?|pods?|instances?|games?|matches|lectures?) (?:\w+ )?(?:liv"
        r"|last)\w*\b"
    )),
    (None, 62, r"^\s(?:ahead|fast|slow|off)\b|\bskew\w*|\bclocks?\b[^.;]{0,20}$|\bdrift\w*"),
    (None, 96, (
        r"\b(?:certificates?|tokens?|leases?|sessions?|passwords?|cookies?|invites?|links?"
        r"|keys?)\b[^.;]{0,20}\b(?:expir|live|valid|renew)\w*"
    )),
    ("service-time", 95, r"^\sof CPU\b|\bCPU time\b"),
    ("rpo", 97, r"^\sof [^.;,]{0,40}\b(?:lost|gone|missing|at risk)\b"),
    ("rto", 78, r"\b(?:served|serving|running|writable|available|online|up) again\b"),
    ("rto", 66, r"^[^.;,]{0,30}\bagain\b"),
    ("lag", 96, r"^\solder than\b"),
    ("rto", 72, (
        r"\b(?:if|when|should|once|with|whenever) (?:\w+ ){0,3}?(?:dies|die|fails?|failed|failing|burns?|crash\w*"
        r"|dead|goes down|is lost)\b"
    )),
    ("lag", 90, r"\b(?:lag(?:s|ged)?|trail(?:s|ed)?)\b"),
    ("lag", 84, (
        r"\breach(?:es)?\s(?:\w+\s){0,3}?(?:regions?|replicas?|followers?|standbys?|zones?|data cent\w+|copies"
        r"|secondary|secondaries|mirrors?"
        r"|edges?|warehouse|lake)\b"
    )),
    ("lag", 60, (
        r"\blag(?:s|ged|ging)?\b|^\s?behind\b|\b(?:fall\w*|fell|run\w*|ran|is|are|was|were|be|far"
        r"|how) (?:\w+ )?behind\b"
        r"|\btrail\w*|\bstale\w*|\bfresh\w*|\bout of date\b|\bcatch(?:es)? up\b"
        r"|\bcaught up\b|\bdelay\w* (?:of|between|behind)|\breplication delay\b|\bconverg\w+|\bpropagat\w+"
        r"|\bvisible\b|\bshow(?:s)? up\b|\bout of sync\b|\bin sync\b|\bsync(?:s|ed|ing|hroni\w+)?\b"
        r"|\b(?:reach(?:es)?|arrives? (?:in|at)|lands? (?:in|on)|gets? to) (?:every|all|the other|each|all the|both"
        r"|our other)\b"
        r"|^\sold\b|\bconsumers? (?:group )?(?:is|are|was|were|sits?|stays?|runs?)\b|\bup to date\b"
        r"|\breplicat(?:es|ed|ing) (?:in|within|to)\b|\bbacklog\b|\bmaterializ\w+|\bwatermark\b"
    )),
    ("rto", 70, (
        r"\bRTOs?\b|\breplac(?:ed|es)\b|\bafter an? (?:\w+\s)?(?:crash|failure|outage|fault|loss"
        r"|reboot|failed|failing|node|disk|kill|power)\b|\bback (?:in|within|after)\b|\bcrash(?:es|ed)?\b|\bdead\b"
        r"|\bheal(?:s|ed|ing)?\b"
        r"|\breroute\w*|\bdetect\w* and\b|\bfail(?:s|ed|ing)?[\s-]?overs?\b|\brecover(?:s|ed|y"
        r"|ing)?\b(?! point)(?! for)|\bback (?:online|up\b(?!s)|in service|in business|to normal|on its feet"
        r"|on (?:his|their|our) feet)\b"
        r"|\brestor(?:e|es|ed|ing) (?:service|traffic|operation|writes|quorum|availability)|\bservice (?:was|is"
        r"|were) restored\b"
        r"|\bpromot(?:e|es|ed|ion|ing)\b|\bMTTR\b|\btakes? over\b|\btook over\b|\bswitch(?:es"
        r"|ed)? over\b|\bswitchovers?\b|\belect(?:s|ed|ing)?\b|\bleader elections?\b|\bre-?elections?\b"
        r"|\b(?<!the )elections? (?:takes?|needs?|is|are|done|finish\w*|lasts?)\b|\bevacuat\w+|\bnew (?:leader|primary"
        r"|master|coordinator)\b"
        r"|\bloss of (?:an?|one|the|any|half|two)\b|\b(?:lose|loses|losing) an? (?:whole |complete |single )?(?:node"
        r"|zone|rack|region|data|site|shard"
        r"|replica|leader|primary|broker|disk|city|availability)\w*\b|\bstandby\b[^.;]{0,20}\btak(?:e|es|ing|en)\b"
        r"|\b(?:dies|died|goes down|went down)\b|\bself-heal\w*|\bresum\w+|\brejoin\w*|\bdisaster\b|\bserving again\b"
        r"|\bback (?:again|alive)\b|\bback$|\bcomes? back$"
    )),
    ("rpo", 90, (
        r"\bRPOs?\b|\bdata loss\b|\blos(?:e|es|ing|t|s)\b(?! (?:power|contact|track|patience|connectivity"
        r"|quorum)\b)(?! of (?:an?|one|the|any)\b)(?! an? )[^.;]{0,40}$"
        r"|^\sof (?:(?:un\w+|recent|the latest|latest|fresh|new) )?(?:data|writes|updates"
        r"|transactions|changes|orders|events|work|edits|messages)\b[^.;]{0,30}(?:lost|gone|missing|lose|loss"
        r"|at risk|if|when)"
        r"|\brecovery point\b|\bunreplicated\b|\bunsaved\b"
    )),
    ("retention", 70, (
        r"\bretain\w*|\bretention\b|\b(?:keep|keeps|kept|keeping)\b(?! (?:\w+ )?(?:under|below"
        r"|within|us|busy))|\bexpir\w+|\bstor(?:e|ed|es|ing) (?:\w+ ){0,2}?for\b|\bheld for\b|\b(?:hold|holds"
        r"|holding)\b[^.;]{0,30}\bfor\s$|\bliv(?:e|es|ed|ing) for\b|\b(?:available|searchable|readable"
        r"|replayable|queryable|online|around|hot|warm|recoverable|recovered|undeleted|restored|accessible"
        r"|replay(?:ed)?|rewound) for\b"
        r"|\brollback\w* for\b|\bhistory\b|\b(?:delet\w+|drop\w*|purg\w+|remov\w+|discard\w*|thrown? away|gone"
        r"|vanish\w*|forgotten"
        r"|archived|tiered|truncated|compacted|wiped|erased|moved to (?:cold|the archive|glacier|tape)) after\b"
        r"|\barchiv\w+|\bgo(?:es)? back\b|\breach(?:es)? back\b|\blook(?:s)? back\b|^\sof (?:\w+\s){0,2}?(?:mail"
        r"|history"
        r"|data|logs?|metrics|messages|traces|events|records|backups?|spans|archives?|readings"
        r"|telemetry|footage|chats?|orders|prices|statements|snapshots|samples|recordings|audio|clicks|retention)\b"
        r"|\bpurg\w+"
        r"|\b(?:stays?|remains?|sits?|survives?|lingers?) (?:[\w ]{1,20} )?for\b|\bstays? on disk"
        r"|\bold(?:er)? than\b|\bbackups? (?:for|go)|\bage(?:s|d)? out\b|\brolls? off\b|\bworth of\b"
        r"|\b(?:logs?|metrics|traces|backups?|snapshots?|recordings|raw (?:data|events|files))\b[^.;]{0,25}\b(?:live"
        r"|stay|last|for)s?\b"
        r"|\breplay (?:up to|the last|any|as much)\b|\btime travel\b|\bundelete\b|\brecycle bin\b|\btrash\b"
    )),
    ("service-time", 70, r"\b(?:works?|computes?|chews?|busy)\s(?:only |just |for |about |some )*$"),
    ("service-time", 50, (
        r"^\s?(?:per|for (?:each|one|a)|an?)\s(?:key|picture|image|record|row|item|page|document"
        r"|message|frame|event|object|file|photo|token|packet|video|thumbnail|hash|chunk|block"
        r"|vector|sample|entry|inference|operation|signature)\b|\b(?:decod|encod|hash|pars"
        r"|serialis|serializ|deserialis|deserializ|compress|decompress|encrypt|decrypt|transcod"
        r"|resiz|render|sign|scor|rank|tokeni[sz]|check|infer|merg|validat|sort|match|embedd|comput"
        r"|evaluat|classif)(?:e|es|ing|ed|ion)?\b(?=[^.;]{0,40}$)|\bCPU time\b|\bservice time\b|\binference\b"
        r"|\bprocessing time\b|\b(?:gc|garbage collection|collector) (?:pauses?|stops)\b|\bstop-the-world\b"
        r"|\bspen(?:d|ds|t)\b"
        r"|\b\w+(?:izer|iser|coder|parser|ranker|scorer|matcher|compiler|detector|classifier|planner|filter)s?\b"
        r" (?:\w+\s)?(?:takes?|needs?|spends?|costs?|adds|uses|is done|runs?|works?|finishes)|\b(?:model|scorer"
        r"|ranker|parser"
        r"|encoder|decoder|kernel|ranking|engine|algorithm|regex|function|codec|checksum|sampler|forward pass)"
        r" (?:\w+ )?(?:needs|takes|spends|costs|is done|runs|works|uses|finishes)|\b(?:tick|game loop|forward pass"
        r"|kernel)\b|\bon (?:the|a) (?:GPU|CPU|core)\b"
    )),
    ("latency", 40, (
        r"\blatenc\w+|\brespon(?:se|d|ds|ded|ses|sive)\b|\bpercentile|\banswer\w*"
        r"|\brequests?\b|\breads?\b|\bwrites?\b|\bquer(?:y|ies)\b|\blook[\s-]?ups?\b|\bround[\s-]trips?\b"
        r"|\bRTT\b|\bping\b|\bsearch(?:es)?\b|\b(?:come|comes|came) back\b|\breturn(?:s|ed)?\b"
        r"|\bend[\s-]to[\s-]end\b|\bfirst byte\b|\bTTFB\b|\bwait\w*|\bcalls?\b|\bloads? (?:in|within"
        r"|under)|\bpage load|\bhandshake\b|\bcold[\s-]starts?\b|\bdeliver\w+|\bhops?\b|\bfetch\w*"
        r"|\bcommits?\b|\btail\b|\bgets?\b|\bputs?\b|\bslow(?:est|er)?\b|\bfast(?:est|er)?\b|\bclick"
        r"|\btap\b|\bauction\b|\bcheckout\b|\blogin\b|\bSLO\b|\bsee(?:s|n)?\b|\bappear\w*|\barriv\w*"
        r"|\backnowledg\w+|\backs?\b|\bauthoris\w+|\bauthoriz\w+|\bauthenticat\w+|\bpay(?:ing|ments?)\b|\bjourney\b"
        r"|\binstant\w*"
        r"|\bdispatch\w*|\bopens?\b|\bcache (?:miss|hit)\b|\bproxy\w*|\bnotif\w+|\balerts?\b"
    )),
    ("latency", 80, (
        r"^\sto (?:load|open|respond|answer|appear|render|reply|return)\b|\b(?:time to (?:first|interactive)|to load)\b"
    )),
    ("retention", 85, r"\b(?:restor|recover|undelet|replay|look up|search)\w* (?:\w+ ){0,3}for\s$"),
    ("latency", 82, r"\bp\d\d\d?(?:\.\d+)?\b|\bP\d\d\b|\bpercentiles?\b|\blatenc(?:y|ies)\b|\bresponse times?\b"),
    ("latency", 66, (
        r"\b(?:slowest|fastest|longest|worst|median|average|typical|mean|lookups?) (?:\w+ )?(?:requests?"
        r"|quer(?:y|ies)|reads?|writes?|calls?|responses?|lookups?|took longer)\b"
    )),
    ("duration", TAKEN, r"\btook\b|\btakes?\b"),
    ("duration", 62, (
        r"^\sof (?:silence|downtime|outage|darkness|maintenance|pain|work|training|migration|unavailability|degraded"
        r"|firefighting)\b"
        r"|^[\s-](?:long |planned |full |total |partial )?(?:outage|window|job|build|migration|incident|freeze"
        r"|blackout|backfill|maintenance|pause|run|run-through)\b"
    )),
    ("duration", 45, (
        r"\blast(?:s|ed|ing)\b|\boutages?\b|\bdowntime\b|\bmigrat\w+|\broll[\s-]?outs?\b|\broll(?:ed|ing|s)?"
        r" (?:it )?out\b|\bbuilds?\b|\bjobs?\b|\bbatch\w*|\bdeploy\w*|\btrain(?:s|ed|ing)\b|\bepoch\b|\bcompil\w+"
        r"|\btests?\b|\bfinish\w*|\bran for\b|\bruns? for\b|\bincidents?\b|\brebuil\w+|\bdrain\w*|\bsale\b|\bpipeline\b"
        r"|\bback-?fill\w*|\breindex\w*|\bre-index\w*|\bbisect\w*|\bprovision\w*|\bboot\w*|\bstart(?:s|ed)? up\b"
        r"|\bstart-?up\b|\bwarm\w*|\bcompaction\b|\bsuite\b|\bCI\b|\bdegrad\w+|\b(?:was|were|is|been|went|go) down\b"
        r"|\bdown for\b|\bunavailable\b"
        r"|\bwent dark\b|\bdark for\b|\bfreeze\b|\bfroze\b|\brestart\w*|\bbackups?\b|\bshard split"
        r"|\bresiz\w+|\brepair\w*|\brebalanc\w+|\bimport\w*|\bexport\w*|\bevent\b|\bscan(?:s|ned)?\b"
        r"|\bbrown-?out\b|\bblack-?out\b|\bpage the\b|\bmaintenance\b|\bcopy(?:ing)?\b|\bnightly\b|\bupgrad\w+"
        r"|\bcut-?over\b|\bproject\b"
        r"|\bnobody could\b|\bnothing\b|\bstood still\b|\bstall\w*|\bpaus\w+|\bgo-live\b|\blate\b|\bcould not\b"
        r"|\bcouldn't\b|\bclean-?up\b|\bended in\b|\bbusy\b|\brestore\b|\bsync\b"
        r"|\bvacuum\w*"
        r"|\breport\b|\bquarter-end\b|\bpost-?mortem\b|\bscal(?:e|es|ing) (?:up|out)\b|\bend to end\b"
        r"|\bstress test\b|\bsimulat\w+|\bsetup\b|\bset up\b"
        r"|\binstall\w*|\bonboard\w*|\breview\w*|\bmerge (?:queue|to)\b|\bprepar\w+|\bfix(?:ed|ing)?\b|\bdebug\w*"
        r"|\binvestigat\w+|^\slater\b|\bdetect\b"
    )),
)  # fmt: skip
"""Cues of times: pull in letters, words; see ``cue_table.nearest``."""
