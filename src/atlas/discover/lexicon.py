"""What counted nouns mean: ``pods`` are nodes, ``merchants`` are customers, ``rows`` are records.

Singular, small letters; plurals, and compounds that end in one of them (``API calls``, ``ScyllaDB nodes``), are read
the same. A noun with metric ``None`` is counted by engineers, and the vocabulary has no metric for it.
"""

from __future__ import annotations

from functools import lru_cache

_NOUNS: dict[str | None, str] = {
    "users": (
        "user people person member account listener rider player visitor reader fan gamer student pupil patient citizen"
        " passenger creator consumer mau dau pinner guest shopper viewer subscriber traveller"
        " traveler driver courier diner"
        " freelancer teacher learner fan resident commuter employee-user profile human adult voter human-user"
        " nutzer benutzer usuario utilisateur utente utilizador användare bruker gebruiker użytkownik spieler mitglied"
        " jugador joueur miembro membre uživatel bruger lecteur leser hörer kullanıcı compte cuenta konto konten"
        " conto conti account-holder wallet household parent farmer attendee pensioner"
        " taxpayer voter-account subscriber-account reviewer hörerin leserin abonné abonnent speler lezer lettore"
        " oyuncu"
    ),
    "customers": (
        "customer merchant company business bank shop store seller tenant organisation organization hospital restaurant"
        " retailer airline school publisher advertiser enterprise firm brand vendor hotel franchise pharmacy"
        " university clinic agency partner operator startup bakery broker-dealer insurer supplier"
        " subscription membership"
        " kunde cliente client-company händler comercio commerçant comerciante klant kund zákazník entreprise"
        " empresa azienda bedrijf unternehmen"
        " nonprofit co-op cooperative municipality newspaper publisher-site payer licensee law-firm clinic-account"
        " client-firm"
    ),
    "connections": (
        "connection socket websocket tcp-connection link verbindung conexión connexion conexão tunnel client"
        " tcp-session mqtt-session"
    ),
    "concurrency": "session concurrent-user in-flight-request request-in-flight ccu coroutine goroutine",
    "nodes": (
        "node server instance host machine container pod vm box worker process agent broker appliance webserver droplet"
        " computer hypervisor virtual-machine executor daemonset kubelet sidecar proxy gateway gpu accelerator"
        " server-blade blade mainframe replica-node runner router switch load-balancer raspberry"
        " knoten rechner servidor serveur nodo nœud noeud máquina nó maskin uzel węzeł serwer"
        " sunucu dyno mac phone-farm master primary leader coordinator seed datanode namenode app-server"
        " relay tablet-server tpu vps controller bastion i3 crawler-node balancer edge-server edge-node indexer-node"
        " nodi"
        " storage-box leaf leave writer loader fetcher scheduler dispatcher mapper reducer ingester querier"
        " compactor webhead frontend backend-box"
    ),
    "clusters": "cluster cell fleet ring installation deployment-unit supercluster stamp grappe clúster",
    "shards": (
        "shard partition tablet vnode virtual-node bucket keyrange chunk hash-slot slot sharding-key fragment partición"
    ),
    "services": (
        "service microservice daemon lambda lambda-function cloud-function backend go-service java-service"
        " micro-service dienst servicio backend-service worker-type"
    ),
    "records": (
        "row record document message object photo pin edge vertex key item file image video track song listing product"
        " vector embedding span entry post url page point page-title series timeseries time-series"
        " ticket tuple event-record mail tweet recording backup paper patent ad advert fact tag annotation"
        " label"
        " line log-line memory-item advertisement article-page listing-photo genome scan-image passage sentence word"
        " archivo-digital mensaje nachricht messaggio bericht bild foton bok lied chanson titre Titel"
        " email comment article asset entity relation triple blob contact playlist episode book map-tile tile recipe"
        " invoice contract datapoint data-point snippet fingerprint thumbnail attachment clip picture review sku commit"
        " dokument zeile datensatz fichier archivo registro documento ligne objet foto billede rad"
    ),
    "events": (
        "payment order request trip ride parcel play download transaction query job notification call message-sent"
        " checkout purchase booking reservation delivery shipment click view impression page-view pageview visit search"
        " login sign-up signup event read write update insert lookup operation invocation execution run task ping hit"
        " swipe scan tap vote bet trade quote webhook push sms email-sent conversation prediction"
        " inference upload build"
        " test-run auction bid ticket-sold refund transfer withdrawal deposit report package"
        " letter stream-start session-start"
        " bestellung anfrage zahlung pedido commande requête consulta petición requisição"
        " paiement pago beställning api-call"
        " crash incident alert failure error transcode render mutation subscription-event commit-op frame packet"
        " sample reading measurement increment ballot spin rental fare charge listen swap sync rating pacco pacchi"
        " paket"
        " paquete colis pakket paczka ereignis événement evento evenement händelse abfrage suche klick aufruf visita"
        " hoarding-tap text occurrence boarding prescription appointment exam match game-played sale handshake crawl"
    ),
    "deploys": "deploy deployment release rollout ship push-to-production production-push",
    "fanout": "timeline recipient backend-call downstream-call subrequest sub-request subquery rpc",
    "replicas": "replica copy follower standby standbys secondary read-replica mirror réplica kopie voter kopia",
    "regions": "region cloud-region région región",
    "locations": (
        "location pop point-of-presence data-center data-centre datacenter datacentre zone availability-zone site"
        " city colo colocation edge-location facility az rechenzentrum rechenzentren campus metro ixp"
        " internet-exchange datacentrum centro-de-datos pops hall"
    ),
    "engineers": (
        "engineer developer sre programmer maintainer admin administrator contributor data-scientist scientist"
        " researcher tester architect operator-on-call entwickler ingenieur ingénieur desarrollador committer dba"
    ),
    "cores": "core vcpu cpu thread hardware-thread processor logical-core kern hyperthread cpu-core",
    "tables": (
        "table topic keyspace collection database schema namespace queue dataset index-table stream-name tabelle"
        " s3-bucket kafka-topic exchange mailbox graph-space tabla"
    ),
    None: (
        "country team dashboard chart repository repo queue-name drive disk ssd feature language vehicle car truck van"
        " test alert-rule rule version model experiment pipeline dollar byte sensor meter device television tv phone"
        " camera handset terminal robot bike scooter lock endpoint api metric-name column"
        " field parameter layer pull-request pr"
        " lock sign currency market state plugin integration app application site-map website"
        " domain rack locomotive train"
        " plane ship-vessel turbine house building room station stop charger satellite dimension"
        " token hop try attempt retry"
        " patch ticket-open bug module package-name crate class function method config flag"
        " screen widget button theme icon"
        " employee staff colleague hire project microphone character attribute permission certificate secret cronjob"
        " cron-job award stage knob setting award-winner thermostat carrier continent card turbine-blade ferry bus"
        " tram lift"
        " shelf"
        " warehouse depot"
        " workflow dag crawler index connector policy role team-member land país pays"
    ),
}


def _table() -> dict[str, str | None]:
    return {noun: metric for metric, nouns in _NOUNS.items() for noun in nouns.split()}


NOUNS = _table()
_LONG = frozenset(noun for noun in NOUNS if len(noun) > 5)
"""Nouns long enough that German endings (``Servern``) make no other word of them."""
_PLURALS = """
people=person children=child vertices=vertex indices=index series=series entries=entry cities=city
companies=company queries=query replies=reply copies=copy proxies=proxy boxes=box switches=switch
searches=search branches=branch businesses=business processes=process addresses=address businessmen=businessman
agencies=agency universities=university pharmacies=pharmacy entities=entity facilities=facility
deliveries=delivery registries=registry memberships=membership crashes=crash indexes=index standbys=standby
secondaries=secondary factories=factory countries=country repositories=repository bakeries=bakery
libraries=library policies=policy currencies=currency batches=batch kunden=kunde zeilen=zeile anfragen=anfrage
bestellungen=bestellung zahlungen=zahlung verbindungen=verbindung dokumente=dokument servidores=servidor nós=nó
users=user utilisateurs=utilisateur gebruikers=gebruiker mitglieder=mitglied dienste=dienst conexiones=conexión
utenti=utente clienti=cliente richieste=requête nodi=nodo peticiones=petición noder=node servrar=server
kunder=kunde requisições=requisição conexões=conexão użytkowników=użytkownik tabellen=tabelle
datensätze=datensatz maskiner=maskin klanten=klant händler=händler server=server
"""
_IRREGULAR = dict(pair.split("=") for pair in _PLURALS.split())


@lru_cache(maxsize=20_000)
def singular(word: str) -> str:
    """The singular of an English noun, and of the foreign ones above; small letters."""
    low = word.lower().removesuffix("'s").removesuffix("’s")
    low = low.removeprefix("d'").removeprefix("l'")
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if low in NOUNS:
        return low
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith(("sses", "ches", "shes", "xes")):
        return low[:-2]
    if low.endswith("s") and not low.endswith("ss"):
        return low[:-1]
    return next((low[: -len(end)] for end in ("n", "en", "e") if low.endswith(end) and low[: -len(end)] in _LONG), low)


def is_known(word: str) -> bool:
    """Whether a word counts something engineers count."""
    return singular(word) in NOUNS


def metric_of(words: str) -> str | None:
    """The metric of a counted noun with what stands before it (``hardware threads``); ``None`` for none."""
    parts = words.lower().replace("-", " ").split()
    for size in (3, 2):
        joined = "-".join([*parts[-size:-1], singular(parts[-1])]) if len(parts) >= size else ""
        if joined in NOUNS:
            return NOUNS[joined]
    return NOUNS.get(singular(parts[-1])) if parts else None
