"""Words that tell what a number of bytes measures."""

from __future__ import annotations

import re

from atlas.discover.cue_table import cues

DATA = cues(
    (None, 66, (
        r"\b(?:moved|moves|transferr?(?:s|ed|ing)|streamed|shipped|sent|uploaded|downloaded|processed|scanned"
        r"|shuffled|exchanged"
        r"|carried|shovelled|shoveled|travell?ed|crossed|served|crunched|exfiltrated|egressed|pulled"
        r"|pushed)\b[^.;]{0,25}$"
        r"|\b(?:copied|replicated|exported|imported|replayed|backfilled)\b[^.;]{0,15}$|^[^.;,]{0,30}\b(?:moved"
        r"|crossed|left|travell?ed|passed|flowed|went)\b"
    )),
    (None, 66, (
        r"^[\s-](?:\w+\s)?(?:buffers?|queues?|rings?|pools?|quotas?|allowance|limits?|budget|cache|write-ahead"
        r"|page cache|batch(?:es)?)\b"
        r"|\bbuffers?\b|\bquotas?\b|\blimit\b|\blimited to\b|\bfree tier\b|\bfree (?:up )?$"
    )),
    (None, 80, (
        r"^\s(?:lighter|heavier|smaller|bigger|larger|less|more)\b(?! than a)|\b(?:SDK|app|binary|bundle|installer"
        r"|plugin)\b[^;,]{0,25}\bweigh\w*"
    )),
    (None, 80, r"\b(?:block|page|row|buffer|query|write) (?:cache|buffer|pool)(?: size)?(?::| of| is)? $"),
    (None, 45, r"\bfits? (?:in|into|onto)\b|\bdo(?:es)? not fit\b"),
    (None, 75, r"\bdefaults?\b|\bconfigur\w+|\bsetting\b"),
    (None, 72, (
        r"\b(?:container|docker|machine) images?\b|\bmono-?repo\w*|\brepositor\w+|\bbundles?\b|\bcode ?base\b"
    )),
    (None, 40, (
        r"\b(?:app|binary|bundle|SDK|library|plugin|module|crate|wheel|jar|slides?|installer|apk|executable|image of"
        r"|artifact|firmware|download|package)\b"
        r" (?:weighs|is|has|measures|comes|takes)|\bfree (?:up|s)?\b|\bfreed\b|\bsaved?\b|\btry"
        r" it free\b|\bgrows? by\b|\bgrew by\b|^\s(?:more|less|smaller|bigger|larger|lighter|heavier|saved)\b|\bcode"
        r" ?base\b|\bdiff\b|\b(?:container|docker|machine) images?\b|\bmono-?repo\w*|\brepositor\w+"
        r"|\bbundles?\b|\bjava ?script\b"
    )),
    ("storage", 70, r"^\s(?:of \w+ )?on (?:disk|tape|flash|object storage)\b"),
    ("storage", 34, (
        r"\bstor(?:e|es|ed|age|ing)\b|\bholds?\b|\bkeeps?\b|\bkept\b|\bdatabases?\b|\bdata ?sets?\b|\bdata\b"
        r"|\bwarehouses?\b|\blakes?\b|\bbuckets?\b"
        r"|\bbackups?\b|\blogs?\b|\barchives?\b|\bindex(?:es)?\b|\bindices\b|\btables?\b|\bledgers?\b"
        r"|\bcatalogues?\b|\bvolumes?\b|\bclusters?\b|\bS3\b"
        r"|\btiers?\b|\bcorpus\b|\bmailbox(?:es)?\b|\bhistory\b|\bMySQL\b|\bPostgres\w*\b|\bCassandra\b|\bMongo\w*\b"
        r"|\bHDFS\b|\bHadoop\b|\bKafka\b|\btopics?\b"
        r"|\btotal\b|\bweigh\w*|\bvault\b|\bsystem\b|\bcustomer\b|\bcare\b|\bcopies\b|\bdump\b"
        r"|\bcompressed\b|\breplicas?\b|\bRedis\b|\bfilesystem\b"
    )),
    ("memory-per-node", 50, (
        r"\bRAM\b|\bmemory\b(?!-mapped)|\bheaps?\b|\bDRAM\b|\bHBM\b|\bresident\b|\bRSS\b|\boff-heap\b"
        r"|\bArbeitsspeicher\b"
    )),
    ("memory-per-node", 92, r"^\sof (?:main )?(?:RAM|memory|heap|DRAM|HBM)\b"),
    ("storage-per-node", 90, r"^\sof (?:local )?(?:flash|SSD|NVMe)\b"),
    ("memory-per-node", 82, r"^[^.;,]{0,25}\bin (?:main |its |their )?(?:memory|RAM)\b(?!-)"),
    ("storage-per-node", 55, r"\bSSDs?\b|\bdisks?\b|\bdrives?\b|\bNVMe\b|\bflash\b|\bHDDs?\b"),
    ("payload", 60, (
        r"\bpings?\b|\brequests?\b|\bmessages?\b|\bframes?\b|\bpackets?\b|\bpayloads?\b|\bresponses?\b"
        r"|\bwebhooks?\b|\bheartbeats?\b|\bRPCs?\b|\bevents?\b|\bupdates?\b|\bdatagrams?\b|\btelemetry\b"
        r"|\bheaders?\b|\breplies\b|\breply\b|\bnotifications?\b|\bdatagram\b|\bon the wire\b|\bbeacons?\b"
        r"|\bcalls?\b|\bheader\b|\bposts\b"
    )),
    ("item-size", 55, (
        r"\bpages?\b(?! the)|\buploads?\b|\bobjects?\b|\brows?\b|\brecords?\b|\bdocuments?\b|\bimages?\b"
        r"|\bphotos?\b|\bpictures?\b|\bfiles?\b|\bblobs?\b|\bvalues?\b|\bentr(?:y|ies)\b|\bcarts?\b"
        r"|\bthumbnails?\b|\bvideos?\b|\bchunks?\b|\bblocks?\b|\bprofiles?\b|\bkeys?\b|\bitems?\b"
        r"|\bvectors?\b|\bembeddings?\b|\bsegments?\b|\bspans?\b|\battachments?\b|\btracks?\b|\bemails?\b"
        r"|\btiles?\b|\bclips?\b|\bsnapshots?\b|\btweets?\b|\bmails?\b|\bpins?\b|\bavatars?\b|\blistings?\b"
        r"|\binvoices?\b|\bpdfs?\b|\bmodels?\b|\bsessions? record\w*"
        r"|\bsegments? files?\b|\bchunk size\b|\bblock size\b|\bsong\b|\bmovie\b|\brecipe\b|\btuples?\b|\blines?\b"
        r"|\bedges?\b(?! (?:node|server))|\bvertex\b"
    )),
)  # fmt: skip
SIZED = re.compile(
    r"(?i)\b(?:is|are|weigh\w*|measures?|averag\w+|median|mean|largest|biggest|smallest|typical"
    r"|up to|under|at most|accept\w*|limit\w*|size\w*|takes?|needs?|carr(?:y|ies)|holds?|each"
    r"|every|per|an?|one|no larger|fits?|has|of|than)\b"
)
