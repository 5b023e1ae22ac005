/* The discrete engine's kernel: the twin of reference*.py, function by function, the same to the bit.
 *
 * Freestanding: no library, no allocation, no global state. The host passes an array of 64-bit words (see `enum
 * word`): numbers, and addresses of the plan's arrays, of the record's arrays and of one arena that holds all
 * state. atlas_start() prepares a run, atlas_run() goes on with it for a number of events.
 * Compile with -ffp-contract=off: identical bits need each operation rounded on its own.
 *
 * What the layout buys: a frame is one cache line; queues, free list and timeouts are linked through frames, so the
 * calendar (a 4-ary heap) holds only calls in service or under way, and one entry for each site with timeouts. */
#include <stdint.h>

typedef int64_t i64;
typedef uint64_t u64;
typedef int32_t i32;
typedef double f64;

enum word { /* the order is that of WORDS in kernel.py */
  W_ARENA, W_ARENA_BYTES, W_ARENA_NEEDED, W_FRAMES,
  W_SEED_A, W_SEED_B, W_FOR_S, W_WARMUP_S, W_BIN_S, W_BINS, W_BY_SITE, W_HAS_KEYS, W_EXPONENTIAL, W_NOW,
  W_STATIONS, W_SITES, W_SOURCES, W_FLOWS, W_CACHES, W_CHANGES, W_PROFILE_STEPS, W_PROFILES, W_PROFILE_STEP_S,
  W_QUEUE_START, W_BUCKET_START, W_PARTITION_START, W_BREAKER_START, W_FLIGHT_START,
  W_INSTANCES, W_SLOTS, W_ROUTING, W_HOLDS, W_QUEUE_MAX, W_OVERFLOW, W_BACKGROUND, W_ERROR,
  W_LIMIT_RATE, W_LIMIT_BURST, W_PARTITION_COUNT, W_HOTTEST, W_PARTITION_RATE,
  W_SHED_START, W_SHED_OVER, W_SHED_PRIORITY,
  W_STATION, W_TABLE, W_FLOW, W_UNITS, W_CHANCE, W_CACHE, W_COALESCE, W_NETWORK_S,
  W_TIMEOUT_S, W_TIMEOUT_LEVEL, W_TIMEOUT_FACTOR, W_ATTEMPTS, W_BACKOFF_S, W_JITTER, W_RETRY_BUDGET,
  W_HEDGE_S, W_HEDGE_LEVEL, W_HEDGE_BUDGET, W_BREAKER, W_BREAKER_OPEN_S, W_BREAKER_PER,
  W_FALLBACK, W_DIVERT, W_KEY, W_STAGE_START,
  W_CALL_START, W_CALLS, W_QUORUM, W_CHOOSE,
  W_QUANTILES, W_CACHE_HIT, W_CACHE_FILL_S, W_CACHE_LOOKUPS, W_CACHE_CONSTANT,
  W_FLOW_ROOT, W_FLOW_PRIORITY,
  W_SOURCE_FLOW, W_SOURCE_RATE, W_SOURCE_USERS, W_SOURCE_THINK, W_SOURCE_HOT, W_SOURCE_PROFILE,
  W_CHANGE_AT, W_CHANGE_KIND, W_CHANGE_INDEX, W_CHANGE_VALUE,
  W_FLOW_LATENCY, W_STATION_LATENCY, W_SITE_LATENCY, W_FLOW_SERIES, W_STATION_AREA, W_STATION_SERIES,
  W_CACHE_SERIES, W_COUNTS
};

enum count { /* the order is that of Count in record.py */
  EVENTS, CALLS, RETRIES, TIMEOUTS, REFUSED, BREAKER_OPENED, BREAKER_REFUSED, LIMITED, PARTITION_LIMITED, SHED,
  OVERFLOWED, LOST_INSTANCE, DIVERTED, STALE, ERRORS, HEDGES, FALLBACKS, COALESCED, CACHE_HITS, CACHE_MISSES,
  DETACHED, CUT_OFF, BUDGET_REFUSED, QUORUM_EARLY, HELD, CHOSEN, THOUGHT, FRAMES_MOST
};
enum status { DONE = 0, MORE = 1, ARENA_TOO_SMALL = -1, OUT_OF_FRAMES = -2, TOO_MANY_EVENTS = -3 };
enum routing { POOLED, RANDOM, KEYED, SHORTEST };
enum overflow { REJECT, DROP_OLDEST, DROP_STALE, BLOCK, DIVERT_TO };
enum change { SLOW, CAPACITY, ERROR, FLUSH, LOAD, RATE, CUT };
enum state { RUNNING, TRAVELLING, QUEUED, IN_SERVICE, LOST, JOINED, STATE_BITS = 7,
             COPY = 8, DEGRADED = 16, HOLDING = 32, BY_BREAKER = 64, LEADS = 128 };
enum event { SERVED, RETRY, EXPIRE, ARRIVE, THINK, DEADLINE, HEDGE };
enum work { FAIL, SUCCEED, ADVANCE, DIVERT };

#define NONE (-1)
#define ANSWER (-2)
#define UNLIMITED ((i64)1 << 30)
#define ENDED 30000
#define FOREVER 1e300
#define CELLS ((54 << 6) + 2)
#define SHIFT 46
#define ONE_BITS 0x3FF0000000000000LL
#define HIST_BITS 7
#define HIST_OFFSET ((i64)(1023 - 30) << HIST_BITS)
#define HIST_CELLS (48 << HIST_BITS)
#define UNIT (1.0 / 9007199254740992.0)
#define BUDGET_START 10.0
#define BUDGET_MOST 100.0
#define BREAKER_MEMORY 0.99
#define BREAKER_LEAST 20.0
#define LEARNING 0.05
#define LEARNT_RANGE 64.0
#define SHED_MEMORY_S 0.1
#define MAX_SEQUENCE ((u64)1 << 33)
#define UNLINKED (-2)

/* One attempt of a call; also a retry in its backoff, and the timer of a deadline or a hedge (par: its frame).
 * par: frame that waits for the answer, -1 nobody, -2 - x: root of source x. The parent still waits if its
 * generation is pgen and its stage pstage. */
typedef struct {
  i32 site, par, pgen, gen;
  i32 next;         /* in a queue, a shared call, or the free list */
  i32 before, after; /* in the site's list of timeouts; before == UNLINKED: not in it */
  i32 queue;
  i32 twin; /* hedged copy, or the shared call it leads (LEADS) */
  int16_t stage, pstage, pending, succeeded, needed;
  uint8_t state;
  int8_t attempt;
  f64 start;
  u64 identity;
} Frame;

typedef struct { f64 at; u64 key; } Entry; /* key: sequence << 31 | what << 3 | event */
typedef struct { i64 slots, busy, length; i32 head, tail; } Queue;
typedef struct { f64 tokens, at; } Bucket;
typedef struct { f64 answers, failures, open_until; } Breaker;
typedef struct { i32 leader, joined; } Flight;
typedef struct { /* what most calls read comes first, copied from the plan's arrays */
  Queue *queues;
  i64 is_plain; /* one queue, and no limit that looks at keys */
  i64 routing, holds, overflow, queue_max, has_rules;
  i64 alive, slots, busy, queued, served, refused;
  f64 stretch, slow, error, busy_area, queued_area, counted_to, load, load_at;
} Station;
typedef struct { /* what most calls read comes first, copied from the plan's arrays */
  i64 station, units, flow, cache, stage_first, stage_last;
  const f64 *table;
  f64 chance, timeout_s, timeout_level, network_s, hedge_s, breaker, retry_budget, hedge_budget;
  i64 coalesce;
  f64 retry_tokens, hedge_tokens, timeout_estimate, hedge_estimate;
  Breaker *breakers;
  Flight *flights;
  i64 flight_count;
  i32 first, last; /* of the list of timeouts */
  i32 armed, cut;
} Site;

typedef struct {
  const i64 *w;
  u64 a, b, sequence;
  f64 now, for_s, warmup_s, next_arrival, total;
  i64 bin, bins, heap_n, heap_most, work_n, frames, fresh, in_use, step, next_change, status, sources, root_is_free;
  i32 free_head;
  Frame *fr;
  Entry *heap;
  u64 *work;
  Station *stations;
  Site *sites;
  Bucket *buckets, *partitions;
  Queue *all_queues;
  Breaker *all_breakers;
  Flight *all_flights;
  f64 *rates, *factor, *absolute, *warm;
  i64 *count;
} Sim;

#define INTS(name) ((const i64 *)(uintptr_t)s->w[W_##name])
#define REALS(name) ((const f64 *)(uintptr_t)s->w[W_##name])
#define OUT(type, name) ((type *)(uintptr_t)s->w[W_##name])

static inline f64 real_of(i64 bits) { union { i64 i; f64 f; } u; u.i = bits; return u.f; }
static inline i64 bits_of(f64 x) { union { i64 i; f64 f; } u; u.f = x; return u.i; }
static inline f64 least(f64 a, f64 b) { return a < b ? a : b; }
static inline f64 most(f64 a, f64 b) { return a > b ? a : b; }

/* ------------------------------------------------------------------ random numbers, histograms, calendar, frames */

static inline u64 random_bits(Sim *s) { /* xoroshiro128+, Blackman and Vigna 2018 */
  u64 a = s->a, b = s->b, result = a + b;
  b ^= a;
  s->a = ((a << 24) | (a >> 40)) ^ b ^ (b << 16);
  s->b = (b << 37) | (b >> 27);
  return result;
}
static inline f64 unit(Sim *s) { return ((f64)(random_bits(s) >> 11) + 1.0) * UNIT; }

static inline f64 draw(Sim *s, const f64 *table) {
  i64 distance = ONE_BITS - bits_of(unit(s)), cell = distance >> SHIFT;
  f64 low = table[cell];
  return low + (table[cell + 1] - low) * ((f64)(distance & (((i64)1 << SHIFT) - 1)) * (1.0 / (f64)((i64)1 << SHIFT)));
}
static inline const f64 *table_of(Sim *s, i64 row) { return REALS(QUANTILES) + row * CELLS; }

static f64 key_unit(u64 identity, i64 key) {
  u64 z = identity + (u64)(key + 1) * 0x9E3779B97F4A7C15ULL;
  if (identity == 0) return 0.0;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return (f64)((z ^ (z >> 31)) >> 11) * UNIT;
}

static inline i64 cell_of(f64 x) {
  i64 cell = (bits_of(x) >> (52 - HIST_BITS)) - HIST_OFFSET;
  return cell < 0 ? 0 : cell >= HIST_CELLS ? HIST_CELLS - 1 : cell;
}

/* Earlier, or put in earlier. Bits of times that are not negative are in the order of the times, and comparing both
 * numbers as one of 128 bits needs no branch that could be guessed wrongly. */
static inline int is_before(const Entry *x, const Entry *y) {
  unsigned __int128 a = (unsigned __int128)(u64)bits_of(x->at) << 64 | x->key;
  unsigned __int128 b = (unsigned __int128)(u64)bits_of(y->at) << 64 | y->key;
  return a < b;
}

static void sink(Sim *s, Entry e) { /* from the root, which is free */
  Entry *h = s->heap;
  i64 n = s->heap_n, i = 0;
  for (;;) {
    i64 c = 4 * i + 1, q = c;
    if (c >= n) break;
    if (c + 4 <= n) {
      i64 x = is_before(&h[c + 1], &h[c]) ? c + 1 : c, y = is_before(&h[c + 3], &h[c + 2]) ? c + 3 : c + 2;
      q = is_before(&h[y], &h[x]) ? y : x;
    } else {
      for (i64 z = c + 1; z < n; z++)
        if (is_before(&h[z], &h[q])) q = z;
    }
    if (!is_before(&h[q], &e)) break;
    h[i] = h[q];
    i = q;
  }
  h[i] = e;
}

/* The first entry that an event puts in takes the place of the event's own at the root: most events put one in. */
static inline void schedule(Sim *s, f64 at, i64 what, int event) {
  Entry *h = s->heap, e;
  i64 i = s->heap_n;
  e.at = at;
  e.key = (s->sequence++ << 31) | ((u64)what << 3) | (u64)event;
  if (s->root_is_free) {
    s->root_is_free = 0;
    sink(s, e);
    return;
  }
  if (i >= s->heap_most) { s->status = OUT_OF_FRAMES; return; }
  s->heap_n = i + 1;
  while (i > 0) {
    i64 up = (i - 1) >> 2;
    if (!is_before(&e, &h[up])) break;
    h[i] = h[up];
    i = up;
  }
  h[i] = e;
}

static inline void close_root(Sim *s) {
  if (!s->root_is_free) return;
  s->root_is_free = 0;
  s->heap_n--;
  if (s->heap_n) sink(s, s->heap[s->heap_n]);
}

static inline i32 new_frame(Sim *s) {
  i32 f = s->free_head;
  if (f >= 0) {
    s->free_head = s->fr[f].next;
  } else if (s->fresh < s->frames) {
    f = (i32)s->fresh++;
    s->fr[f].gen = 0;
  } else { /* frame 0 is kept for this: what follows may write to it, and the run ends */
    s->status = OUT_OF_FRAMES;
    return 0;
  }
  if (++s->in_use > s->count[FRAMES_MOST]) s->count[FRAMES_MOST] = s->in_use;
  return f;
}

static inline void free_frame(Sim *s, i32 f) {
  if (f == 0) return;
  s->fr[f].gen++;
  s->fr[f].next = s->free_head;
  s->free_head = f;
  s->in_use--;
}

static inline void add_work(Sim *s, i32 f, int work) {
  if (s->work_n >= s->frames) { s->status = OUT_OF_FRAMES; return; }
  s->work[s->work_n++] = ((u64)f << 2) | (u64)work;
}

static inline int state_of(const Frame *x) { return x->state & STATE_BITS; }
static inline void set_state(Frame *x, int state) { x->state = (uint8_t)((x->state & ~STATE_BITS) | state); }
static inline int is_awaited(Sim *s, const Frame *x) {
  return x->par <= -2 || (x->par >= 0 && s->fr[x->par].gen == x->pgen && s->fr[x->par].stage == x->pstage);
}

static inline void link_timeout(Sim *s, Site *o, i32 f) {
  Frame *x = s->fr + f;
  x->before = o->last;
  x->after = -1;
  if (o->last >= 0) s->fr[o->last].after = f;
  else o->first = f;
  o->last = f;
}
static inline void unlink_timeout(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  Site *o = s->sites + x->site;
  if (x->before == UNLINKED) return;
  if (x->before >= 0) s->fr[x->before].after = x->after;
  else o->first = x->after;
  if (x->after >= 0) s->fr[x->after].before = x->before;
  else o->last = x->before;
  x->before = UNLINKED;
}

/* ------------------------------------------------------------------------------ stations (reference_queue.py) */

static inline void count_to_now(Sim *s, Station *k) {
  f64 passed = s->now - k->counted_to;
  k->busy_area += passed * (f64)k->busy;
  k->queued_area += passed * (f64)k->queued;
  k->counted_to = s->now;
}

static void refuse(Sim *s, i32 f, int reason) {
  s->count[reason]++;
  s->count[REFUSED]++;
  s->stations[INTS(STATION)[s->fr[f].site]].refused++;
  add_work(s, f, FAIL);
}

static inline void enqueue(Sim *s, Station *k, Queue *q, i32 f) {
  set_state(s->fr + f, QUEUED);
  s->fr[f].next = -1;
  if (q->length++) s->fr[q->tail].next = f;
  else q->head = f;
  q->tail = f;
  k->queued++;
}
static inline i32 dequeue(Sim *s, Station *k, Queue *q) {
  i32 f = q->head;
  q->head = s->fr[f].next;
  q->length--;
  k->queued--;
  return f;
}

static inline void start_service(Sim *s, Station *k, Queue *q, i32 f) {
  Site *o = s->sites + s->fr[f].site;
  q->busy += o->units;
  k->busy += o->units;
  set_state(s->fr + f, IN_SERVICE);
  f64 service = draw(s, o->table) * (k->slow * k->stretch);
  schedule(s, s->now + service, f, SERVED);
}

static void serve_waiting(Sim *s, i64 n, Queue *q) {
  Station *k = s->stations + n;
  int drops = k->overflow == DROP_STALE;
  while (q->length > 0 && !s->status) {
    i32 f = q->head;
    int stale = drops && s->fr[f].par == -1;
    if (!stale && q->busy + s->sites[s->fr[f].site].units > q->slots) return;
    dequeue(s, k, q);
    if (stale) {
      s->count[STALE]++;
      add_work(s, f, FAIL);
    } else {
      start_service(s, k, q, f);
    }
  }
}

static f64 floor_of(f64 x) { return (f64)(i64)x; } /* of numbers that are not negative */

static void set_capacity(Sim *s, i64 n, f64 share) {
  Station *k = s->stations + n;
  i64 queues = INTS(QUEUE_START)[n + 1] - INTS(QUEUE_START)[n], instances = INTS(INSTANCES)[n], each;
  f64 total = (f64)INTS(SLOTS)[n], scale = share, background;
  count_to_now(s, k);
  if (queues == 1) {
    k->alive = share > 0 ? 1 : 0;
    total *= (f64)(INTS(ROUTING)[n] == POOLED ? instances : 1);
  } else {
    f64 wanted = share * (f64)instances - 1e-9;
    i64 up = (i64)wanted;
    if ((f64)up < wanted) up++;
    k->alive = up < queues ? up : queues;
    scale = share * (f64)instances / (f64)(k->alive > 1 ? k->alive : 1);
  }
  background = REALS(BACKGROUND)[n] / (f64)(k->alive > 1 ? k->alive : 1);
  if (total >= (f64)UNLIMITED) {
    each = UNLIMITED;
    k->stretch = 1.0;
  } else {
    f64 scaled = most(1.0, least((f64)UNLIMITED, floor_of(total * scale + 0.5)));
    f64 left = most(1.0, scaled - floor_of(background));
    f64 rest = least(background - (scaled - left), 0.9375);
    each = (i64)left;
    k->stretch = rest > 0 ? left / (left - rest) : 1.0;
  }
  k->slots = each * k->alive;
  for (i64 i = 0; i < queues; i++) {
    Queue *q = k->queues + i;
    q->slots = i < k->alive ? each : 0;
    if (i >= k->alive)
      while (q->length > 0) refuse(s, dequeue(s, k, q), LOST_INSTANCE);
  }
  for (i64 i = 0; i < k->alive; i++) serve_waiting(s, n, k->queues + i);
}

static int take_token(f64 now, Bucket *b, f64 rate, f64 burst) {
  f64 have = least(burst, b->tokens + (now - b->at) * rate);
  b->at = now;
  b->tokens = have >= 1.0 ? have - 1.0 : have;
  return have >= 1.0;
}

static i64 clipped(f64 x, i64 count) {
  i64 i = (i64)x;
  return i < count - 1 ? i : count - 1;
}

static f64 key_of(Sim *s, const Frame *x, i64 n) {
  i64 buckets = INTS(BUCKET_START)[n + 1] - INTS(BUCKET_START)[n], key;
  if (INTS(ROUTING)[n] != KEYED && buckets <= 1) return 0.0;
  key = INTS(KEY)[x->site];
  if (x->identity == 0) return 0.0;
  return key == NONE ? unit(s) : key_unit(x->identity, key);
}

static i64 route(Sim *s, Frame *x, i64 n, f64 where) {
  Station *k = s->stations + n;
  i64 alive = k->alive > 1 ? k->alive : 1, routing = k->routing;
  x->queue = 0;
  if (routing == KEYED) {
    i64 count = INTS(PARTITION_COUNT)[n] ? INTS(PARTITION_COUNT)[n] : INTS(INSTANCES)[n], partition;
    f64 hottest = REALS(HOTTEST)[n];
    if (count == 1 || where < hottest) partition = 0;
    else if (hottest > 0) partition = 1 + clipped((where - hottest) / (1.0 - hottest) * (f64)(count - 1), count - 1);
    else partition = clipped(where * (f64)count, count);
    x->queue = (i32)(partition % alive);
    return partition;
  }
  if (alive > 1 && routing != POOLED) {
    x->queue = (i32)clipped(unit(s) * (f64)alive, alive);
    if (routing == SHORTEST) {
      i32 other = (i32)clipped(unit(s) * (f64)alive, alive);
      Queue *p = k->queues + x->queue, *q = k->queues + other;
      if (q->busy + q->length < p->busy + p->length) x->queue = other;
    }
  }
  return 0;
}

static Breaker *breaker_of(Sim *s, const Frame *x) {
  return s->sites[x->site].breakers + (INTS(BREAKER_PER)[x->site] == 1 ? x->queue : 0);
}

static int is_let_in(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  Site *o = s->sites + x->site;
  i64 n = o->station, plain = s->stations[n].is_plain, partition = 0;
  f64 where = 0.0;
  if (!plain) {
    where = key_of(s, x, n);
    partition = route(s, x, n, where);
  }
  if (o->breaker > 0 && breaker_of(s, x)->open_until > s->now) {
    x->state |= BY_BREAKER;
    refuse(s, f, BREAKER_REFUSED);
    return 0;
  }
  if (plain) return 1;
  i64 first = INTS(BUCKET_START)[n], buckets = INTS(BUCKET_START)[n + 1] - first;
  if (INTS(PARTITION_START)[n + 1] > INTS(PARTITION_START)[n]) {
    f64 rate = REALS(PARTITION_RATE)[n];
    if (!take_token(s->now, s->partitions + INTS(PARTITION_START)[n] + partition, rate, most(1.0, rate))) {
      refuse(s, f, PARTITION_LIMITED);
      return 0;
    }
  }
  if (buckets) {
    i64 bucket = clipped(where * (f64)buckets, buckets);
    if (!take_token(s->now, s->buckets + first + bucket, REALS(LIMIT_RATE)[n], REALS(LIMIT_BURST)[n])) {
      refuse(s, f, LIMITED);
      return 0;
    }
  }
  return 1;
}

static int is_shed(Sim *s, i64 n, i64 priority) {
  Station *k = s->stations + n;
  i64 first = INTS(SHED_START)[n], last = INTS(SHED_START)[n + 1];
  f64 passed = s->now - k->load_at;
  k->load += ((f64)k->busy / (f64)k->slots - k->load) * (passed / (passed + SHED_MEMORY_S));
  k->load_at = s->now;
  for (i64 r = first; r < last; r++)
    if (k->load > REALS(SHED_OVER)[r] && priority >= INTS(SHED_PRIORITY)[r]) return 1;
  return 0;
}

static void arrive(Sim *s, i32 f) {
  i64 site = s->fr[f].site;
  Site *o = s->sites + site;
  Station *k = s->stations + o->station;
  if (s->fr[f].queue >= k->alive) { refuse(s, f, LOST_INSTANCE); return; }
  if (k->has_rules && is_shed(s, o->station, INTS(FLOW_PRIORITY)[o->flow])) { refuse(s, f, SHED); return; }
  Queue *q = k->queues + s->fr[f].queue;
  count_to_now(s, k);
  if (!q->length && q->busy + o->units <= q->slots) start_service(s, k, q, f);
  else if (q->length < k->queue_max || k->overflow == BLOCK) enqueue(s, k, q, f);
  else if (k->overflow == DROP_OLDEST && q->length) {
    refuse(s, dequeue(s, k, q), OVERFLOWED);
    enqueue(s, k, q, f);
  } else if (k->overflow == DIVERT_TO && INTS(DIVERT)[site] != NONE) {
    s->count[DIVERTED]++;
    add_work(s, f, DIVERT);
  } else refuse(s, f, OVERFLOWED);
}

static void release(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  i64 n = s->sites[x->site].station, units = s->sites[x->site].units;
  Station *k = s->stations + n;
  Queue *q = k->queues + x->queue;
  count_to_now(s, k);
  q->busy -= units;
  k->busy -= units;
  if (q->length) serve_waiting(s, n, q);
}

/* --------------------------------------------------------------------------------- calls (reference_call.py) */

static i32 send(Sim *s, i64 site, i32 par, u64 identity, i64 attempt) {
  i32 f = new_frame(s);
  Frame *x = s->fr + f;
  x->site = (i32)site;
  x->par = par;
  x->pgen = par >= 0 ? s->fr[par].gen : 0;
  x->pstage = par >= 0 ? s->fr[par].stage : 0;
  x->before = UNLINKED;
  x->queue = 0;
  x->twin = -1;
  x->stage = x->pending = x->succeeded = x->needed = 0;
  x->state = RUNNING;
  x->attempt = (int8_t)attempt;
  x->start = s->now;
  x->identity = identity;
  s->count[CALLS]++;
  return f;
}

static void add_timer(Sim *s, i32 f, f64 after, int event) {
  i32 timer = new_frame(s);
  s->fr[timer].par = f;
  s->fr[timer].pgen = s->fr[f].gen;
  schedule(s, s->now + after, timer, event);
}

static void arm_timeout(Sim *s, i32 f) {
  i64 site = s->fr[f].site;
  Site *o = s->sites + site;
  if (o->timeout_s == 0) return;
  if (o->timeout_level > 0) {
    add_timer(s, f, o->timeout_estimate * REALS(TIMEOUT_FACTOR)[site], DEADLINE);
    return;
  }
  link_timeout(s, o, f);
  if (!o->armed) {
    o->armed = 1;
    schedule(s, s->now + o->timeout_s, site, EXPIRE);
  }
}

static int joins(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  Site *o = s->sites + x->site;
  i64 flight = x->par >= 0 && o->flight_count > 1 ? s->fr[x->par].queue : 0;
  Flight *shared = o->flights + flight;
  if (shared->leader < 0) {
    shared->leader = f;
    x->twin = (i32)flight;
    x->state |= LEADS;
    return 0;
  }
  set_state(x, JOINED);
  x->next = shared->joined;
  shared->joined = f;
  return 1;
}

static void dispatch(Sim *s, i32 f, int is_copy) {
  i64 site = s->fr[f].site;
  Site *o = s->sites + site;
  if (s->status) return;
  if (s->fr[f].attempt == 0 && !is_copy) {
    o->retry_tokens = least(BUDGET_MOST, o->retry_tokens + o->retry_budget);
    o->hedge_tokens = least(BUDGET_MOST, o->hedge_tokens + o->hedge_budget);
  }
  if (o->station == NONE) {
    arm_timeout(s, f);
    add_work(s, f, ADVANCE);
    return;
  }
  if (!is_let_in(s, f)) return;
  arm_timeout(s, f);
  if (o->hedge_s > 0 && !is_copy) add_timer(s, f, o->hedge_estimate, HEDGE);
  if (o->cut) {
    if (o->timeout_s > 0) {
      s->count[CUT_OFF]++;
      set_state(s->fr + f, LOST);
    } else refuse(s, f, CUT_OFF);
  } else if (o->coalesce && s->fr[f].identity == 0 && joins(s, f)) {
    s->count[COALESCED]++;
  } else if (o->network_s > 0) {
    set_state(s->fr + f, TRAVELLING);
    schedule(s, s->now + o->network_s, f, ARRIVE);
  } else arrive(s, f);
}

static void serve(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  Site *o = s->sites + x->site;
  i64 n = o->station;
  Station *k = s->stations + n;
  k->served++;
  set_state(x, RUNNING);
  if (x->start >= s->warmup_s)
    OUT(i64, STATION_LATENCY)[n * HIST_CELLS + cell_of(s->now - x->start - o->network_s)]++;
  if (k->holds && o->stage_last > o->stage_first) {
    s->count[HELD]++;
    x->state |= HOLDING;
  } else release(s, f);
  if (k->error > 0 && unit(s) <= k->error) {
    s->count[ERRORS]++;
    add_work(s, f, FAIL);
  } else if (x->par == -1 && k->overflow == DROP_STALE) {
    s->count[STALE]++;
    add_work(s, f, FAIL);
  } else add_work(s, f, ADVANCE);
}

static void start_root(Sim *s, i64 site, u64 identity, i64 source) {
  OUT(i64, FLOW_SERIES)[(s->bin * s->w[W_FLOWS] + INTS(FLOW)[site]) * 4]++;
  dispatch(s, send(s, site, (i32)(-2 - source), identity, 0), 0);
}

static int hits(Sim *s, i32 f, i64 call) {
  i64 cache = INTS(CACHE)[call];
  if (unit(s) > REALS(CACHE_HIT)[cache] * s->warm[cache]) {
    s->count[CACHE_MISSES]++;
    return 0;
  }
  s->count[CACHE_HITS]++;
  if (INTS(CACHE_CONSTANT)[cache]) dispatch(s, send(s, call, -1, s->fr[f].identity, 0), 1);
  return 1;
}

/* Whether one call of a stage happens and is waited for; what is handed over is started here. */
static int happens(Sim *s, i32 f, i64 call, int chosen) {
  const Site *o = s->sites + call;
  if (!chosen && o->chance < 1 && unit(s) > o->chance) return 0;
  if (o->cache != NONE && hits(s, f, call)) return 0;
  if (o->flow == s->sites[s->fr[f].site].flow) return 1;
  s->count[DETACHED]++;
  start_root(s, call, s->fr[f].identity, s->sources);
  return 0;
}

static i64 choose(Sim *s, i64 from, i64 to) {
  f64 left = unit(s);
  for (i64 e = from; e < to - 1; e++) {
    left -= REALS(CHANCE)[INTS(CALLS)[e]];
    if (left <= 0) return INTS(CALLS)[e];
  }
  return INTS(CALLS)[to - 1];
}

static void finish(Sim *s, i32 f, int succeeded);

static void advance(Sim *s, i32 f) {
  i64 first = s->sites[s->fr[f].site].stage_first, last = s->sites[s->fr[f].site].stage_last, q = 0;
  i32 issued[256];
  int n = 0;
  while (s->fr[f].stage < last - first && !s->status) {
    q = first + s->fr[f].stage;
    i64 from = INTS(CALL_START)[q], to = INTS(CALL_START)[q + 1];
    if (INTS(CHOOSE)[q]) {
      s->count[CHOSEN]++;
      i64 call = choose(s, from, to);
      if (happens(s, f, call, 1)) issued[n++] = (i32)call;
    } else {
      for (i64 e = from; e < to; e++)
        if (happens(s, f, INTS(CALLS)[e], 0)) issued[n++] = (i32)INTS(CALLS)[e];
    }
    if (n) break;
    s->fr[f].stage++;
  }
  if (!n) { finish(s, f, 1); return; } /* what the stack would do next */
  i64 quorum = INTS(QUORUM)[q];
  s->fr[f].pending = (int16_t)n;
  s->fr[f].succeeded = 0;
  s->fr[f].needed = (int16_t)(quorum && quorum < n ? quorum : n);
  for (int z = 0; z < n; z++) dispatch(s, send(s, issued[z], f, s->fr[f].identity, 0), 0);
}

static void divert(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  set_state(x, RUNNING);
  x->stage = (int16_t)(INTS(STAGE_START)[x->site + 1] - INTS(STAGE_START)[x->site]);
  x->pending = x->needed = 1;
  x->succeeded = 0;
  dispatch(s, send(s, INTS(DIVERT)[x->site], f, x->identity, 0), 0);
}

static f64 moved(f64 estimate, f64 latency, f64 level, f64 first) {
  estimate *= latency > estimate ? 1.0 + LEARNING * level : 1.0 - LEARNING * (1.0 - level);
  return least(first * LEARNT_RANGE, most(first / LEARNT_RANGE, estimate));
}

/* A copy that answers first says that the original took longer than the hedge waited: how long is not known. */
static void learn(Sim *s, i64 site, f64 latency, int is_copy) {
  Site *o = s->sites + site;
  f64 level = o->timeout_level;
  if (level > 0)
    o->timeout_estimate = moved(o->timeout_estimate, latency, level, REALS(TIMEOUT_S)[site] / REALS(TIMEOUT_FACTOR)[site]);
  level = REALS(HEDGE_LEVEL)[site];
  if (level > 0) o->hedge_estimate = moved(o->hedge_estimate, is_copy ? FOREVER : latency, level, REALS(HEDGE_S)[site]);
}

static void feed_breaker(Sim *s, const Frame *x, int succeeded) {
  f64 threshold = s->sites[x->site].breaker;
  if (threshold == 0 || x->state & BY_BREAKER) return;
  Breaker *b = breaker_of(s, x);
  if (b->open_until > s->now) return;
  b->answers = b->answers * BREAKER_MEMORY + 1.0;
  b->failures = b->failures * BREAKER_MEMORY + (succeeded ? 0.0 : 1.0);
  if (b->answers > BREAKER_LEAST && b->failures > threshold * b->answers) {
    s->count[BREAKER_OPENED]++;
    b->open_until = s->now + REALS(BREAKER_OPEN_S)[x->site];
    b->answers = b->failures = 0.0;
  }
}

static void deliver(Sim *s, i32 par, int succeeded, int degraded) {
  Frame *p = s->fr + par;
  p->pending--;
  if (succeeded) {
    p->succeeded++;
    if (degraded) p->state |= DEGRADED;
  }
  if (p->succeeded >= p->needed) {
    if (p->pending) s->count[QUORUM_EARLY]++;
    p->stage++;
    add_work(s, par, ADVANCE);
  } else if (p->succeeded + p->pending < p->needed) {
    p->stage = ENDED;
    add_work(s, par, FAIL);
  }
}

static void fall_back(Sim *s, i32 par, i64 fallback) {
  if (fallback == NONE) { deliver(s, par, 0, 0); return; }
  s->count[FALLBACKS]++;
  if (fallback == ANSWER) { deliver(s, par, 1, 1); return; }
  i32 f = send(s, fallback, par, s->fr[par].identity, 0);
  s->fr[f].state |= DEGRADED;
  dispatch(s, f, 0);
}

static void retry(Sim *s, i64 site, i32 par, i64 attempt) {
  if (REALS(RETRY_BUDGET)[site] > 0) s->sites[site].retry_tokens -= 1;
  s->count[RETRIES]++;
  f64 wait = REALS(BACKOFF_S)[site] * (f64)((i64)1 << attempt);
  if (INTS(JITTER)[site]) wait *= 2.0 * unit(s);
  i32 f = new_frame(s);
  Frame *x = s->fr + f;
  x->site = (i32)site;
  x->par = par;
  x->pgen = s->fr[par].gen;
  x->pstage = s->fr[par].stage;
  x->attempt = (int8_t)(attempt + 1);
  schedule(s, s->now + wait, f, RETRY);
}

static void fill(Sim *s, i64 cache) {
  f64 warm = s->warm[cache], cold = 1.0 - REALS(CACHE_HIT)[cache] * warm;
  f64 needed = most(1.0, REALS(CACHE_LOOKUPS)[cache] * REALS(CACHE_FILL_S)[cache] / 3.0);
  if (REALS(CACHE_FILL_S)[cache] == 0 || cold <= 0) s->warm[cache] = 1.0;
  else if (warm < 1.0) s->warm[cache] = least(1.0, warm + (1.0 - warm) / (cold * needed));
}

static void settle(Sim *s, i32 f, int succeeded) {
  Frame *x = s->fr + f;
  i64 site = x->site;
  i32 par = x->par;
  if (par < 0) return;
  feed_breaker(s, x, succeeded);
  if (succeeded) {
    learn(s, site, s->now - x->start, x->state & COPY);
    if (x->start >= s->warmup_s && s->w[W_BY_SITE])
      OUT(i64, SITE_LATENCY)[site * HIST_CELLS + cell_of(s->now - x->start)]++;
    if (s->sites[site].cache != NONE && !(x->state & DEGRADED)) fill(s, INTS(CACHE)[site]);
    deliver(s, par, 1, x->state & DEGRADED);
    return;
  }
  if (x->attempt + 1 < INTS(ATTEMPTS)[site]) {
    if (REALS(RETRY_BUDGET)[site] == 0 || s->sites[site].retry_tokens >= 1) { retry(s, site, par, x->attempt); return; }
    s->count[BUDGET_REFUSED]++;
  }
  fall_back(s, par, INTS(FALLBACK)[site]);
}

static void end_request(Sim *s, const Frame *x, int succeeded) {
  i64 flow = INTS(FLOW)[x->site], source = -2 - (i64)x->par;
  int outcome = !succeeded ? 3 : x->state & DEGRADED ? 2 : 1;
  OUT(i64, FLOW_SERIES)[(s->bin * s->w[W_FLOWS] + flow) * 4 + outcome]++;
  if (succeeded && x->start >= s->warmup_s) OUT(i64, FLOW_LATENCY)[flow * HIST_CELLS + cell_of(s->now - x->start)]++;
  if (source < s->sources && INTS(SOURCE_USERS)[source])
    schedule(s, s->now + draw(s, table_of(s, INTS(SOURCE_THINK)[source])), source, THINK);
}

/* Whether the logical call has its answer with this frame (not so if a hedged copy may still give it). */
static int is_settled(Sim *s, i32 f, int succeeded) {
  Frame *x = s->fr + f;
  if (!is_awaited(s, x)) return 0;
  if (x->state & LEADS || x->twin < 0) return 1;
  i32 twin = x->twin;
  x->twin = s->fr[twin].twin = -1;
  if (!succeeded) { feed_breaker(s, x, 0); return 0; }
  s->fr[twin].par = -1;
  unlink_timeout(s, twin);
  if (state_of(s->fr + twin) == LOST) free_frame(s, twin);
  return 1;
}

static void land(Sim *s, i32 f, int succeeded) {
  Frame *x = s->fr + f;
  Flight *shared = s->sites[x->site].flights + x->twin;
  i32 other = shared->joined, order = -1;
  shared->leader = shared->joined = -1;
  while (other >= 0) { /* the list is last in, first out: turn it round */
    i32 next = s->fr[other].next;
    s->fr[other].next = order;
    order = other;
    other = next;
  }
  for (; order >= 0; order = s->fr[order].next) {
    s->fr[order].state = (uint8_t)((s->fr[order].state & ~DEGRADED) | (x->state & DEGRADED));
    add_work(s, order, succeeded ? SUCCEED : FAIL);
  }
}

static void finish(Sim *s, i32 f, int succeeded) {
  Frame *x = s->fr + f;
  if (x->state & HOLDING) release(s, f);
  unlink_timeout(s, f);
  if (x->state & LEADS) land(s, f, succeeded);
  if (x->par <= -2) end_request(s, x, succeeded);
  else if (is_settled(s, f, succeeded)) settle(s, f, succeeded);
  free_frame(s, f);
}

static void drain(Sim *s) {
  while (s->work_n > 0 && !s->status) {
    u64 entry = s->work[--s->work_n];
    i32 f = (i32)(entry >> 2);
    int work = (int)(entry & 3);
    if (work == ADVANCE) advance(s, f);
    else if (work == DIVERT) divert(s, f);
    else finish(s, f, work == SUCCEED);
  }
}

static void time_out(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  s->count[TIMEOUTS]++;
  if (is_awaited(s, x)) {
    i32 twin = x->state & LEADS ? -1 : x->twin;
    learn(s, x->site, FOREVER, x->state & COPY);
    if (twin >= 0) {
      x->twin = s->fr[twin].twin = -1;
      feed_breaker(s, x, 0);
    } else settle(s, f, 0);
  }
  x->par = -1;
  if (state_of(x) == LOST) free_frame(s, f);
}

static void expire(Sim *s, i64 site) {
  Site *o = s->sites + site;
  f64 limit = REALS(TIMEOUT_S)[site];
  while (o->first >= 0 && !s->status) {
    i32 f = o->first;
    if (s->fr[f].start + limit > s->now) {
      schedule(s, s->fr[f].start + limit, site, EXPIRE);
      return;
    }
    unlink_timeout(s, f);
    time_out(s, f);
  }
  o->armed = 0;
}

static void hedge(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  i64 site = x->site;
  if (x->par < 0 || x->twin >= 0 || !is_awaited(s, x)) return;
  if (REALS(HEDGE_BUDGET)[site] > 0) {
    if (s->sites[site].hedge_tokens < 1) return;
    s->sites[site].hedge_tokens -= 1;
  }
  s->count[HEDGES]++;
  i32 copy = send(s, site, x->par, x->identity, x->attempt);
  s->fr[copy].state |= COPY | (x->state & DEGRADED);
  x->twin = copy;
  s->fr[copy].twin = f;
  dispatch(s, copy, 1);
}

/* -------------------------------------------------------------------------------------- the run (reference.py) */

static void renew_rates(Sim *s) {
  s->total = 0.0;
  for (i64 x = 0; x < s->sources; x++) {
    i64 row = INTS(SOURCE_PROFILE)[x], steps = s->w[W_PROFILE_STEPS];
    f64 shape = row == NONE ? 1.0 : REALS(PROFILES)[row * steps + s->step % steps];
    s->rates[x] = s->absolute[x] >= 0 ? s->absolute[x] : REALS(SOURCE_RATE)[x] * shape * s->factor[x];
    s->total += s->rates[x];
  }
  s->next_arrival = s->total > 0 ? s->now + draw(s, REALS(EXPONENTIAL)) / s->total : FOREVER;
}

static void close_bins(Sim *s, f64 at, int is_end) {
  i64 stations = s->w[W_STATIONS], caches = s->w[W_CACHES];
  f64 bin_s = real_of(s->w[W_BIN_S]);
  while (s->bin < s->bins) {
    f64 end = least(s->for_s, (f64)(s->bin + 1) * bin_s);
    if (!is_end && (end > at || s->bin + 1 == s->bins)) return;
    s->now = end;
    for (i64 n = 0; n < stations; n++) {
      Station *k = s->stations + n;
      f64 *area = OUT(f64, STATION_AREA) + (s->bin * stations + n) * 2;
      i64 *series = OUT(i64, STATION_SERIES) + (s->bin * stations + n) * 4;
      count_to_now(s, k);
      area[0] = k->busy_area, area[1] = k->queued_area;
      series[0] = k->served, series[1] = k->refused, series[2] = k->queued, series[3] = k->slots;
    }
    for (i64 c = 0; c < caches; c++) OUT(f64, CACHE_SERIES)[s->bin * caches + c] = REALS(CACHE_HIT)[c] * s->warm[c];
    s->bin++;
  }
}

static f64 change_due(Sim *s) {
  if (s->next_change == s->w[W_CHANGES]) return FOREVER;
  return REALS(CHANGE_AT)[s->next_change];
}

static f64 step_due(Sim *s) {
  return s->w[W_PROFILE_STEPS] ? (f64)(s->step + 1) * real_of(s->w[W_PROFILE_STEP_S]) : FOREVER;
}

static void apply_change(Sim *s) {
  i64 row = s->next_change++;
  s->now = REALS(CHANGE_AT)[row];
  i64 kind = INTS(CHANGE_KIND)[row], index = INTS(CHANGE_INDEX)[row];
  f64 value = REALS(CHANGE_VALUE)[row];
  if (kind == LOAD || kind == RATE) {
    (kind == LOAD ? s->factor : s->absolute)[index] = value;
    renew_rates(s);
  } else if (kind == SLOW) s->stations[index].slow = value;
  else if (kind == CAPACITY) {
    set_capacity(s, index, value);
    drain(s);
  } else if (kind == ERROR) s->stations[index].error = 1.0 - (1.0 - REALS(ERROR)[index]) * (1.0 - value);
  else if (kind == FLUSH) s->warm[index] *= REALS(CACHE_FILL_S)[index] > 0 ? 1.0 - value : 1.0;
  else s->sites[index].cut = value > 0;
}

static void next_profile_step(Sim *s) {
  s->now = step_due(s);
  s->step++;
  renew_rates(s);
}

static void request(Sim *s, i64 source) {
  u64 identity = 1;
  if (INTS(SOURCE_HOT)[source]) identity = 0;
  else if (s->w[W_HAS_KEYS]) identity = random_bits(s) | 1;
  start_root(s, INTS(FLOW_ROOT)[INTS(SOURCE_FLOW)[source]], identity, source);
}

static void take_arrival(Sim *s) {
  i64 source = 0;
  s->next_arrival = s->now + draw(s, REALS(EXPONENTIAL)) / s->total;
  if (s->sources > 1) {
    f64 left = unit(s) * s->total;
    while (source < s->sources - 1) {
      left -= s->rates[source];
      if (left <= 0) break;
      source++;
    }
  }
  request(s, source);
}

static void take_event(Sim *s) {
  u64 key = s->heap[0].key;
  int event = (int)(key & 7);
  i32 what = (i32)((key >> 3) & ((1 << 28) - 1));
  s->root_is_free = 1;
  if (event == SERVED) serve(s, what);
  else if (event == ARRIVE) {
    set_state(s->fr + what, RUNNING);
    arrive(s, what);
  } else if (event == EXPIRE) expire(s, what);
  else if (event == THINK) {
    s->count[THOUGHT]++;
    request(s, what);
  } else {
    Frame *x = s->fr + what;
    i32 par = x->par, site = x->site, wanted;
    i64 attempt = x->attempt;
    if (event == RETRY) wanted = s->fr[par].gen == x->pgen && s->fr[par].stage == x->pstage;
    else wanted = s->fr[par].gen == x->pgen && s->fr[par].par >= 0;
    free_frame(s, what);
    if (!wanted) return;
    if (event == RETRY) dispatch(s, send(s, site, par, s->fr[par].identity, attempt), 0);
    else if (event == DEADLINE) time_out(s, par);
    else hedge(s, par);
  }
}

/* Lays the state out in the arena: with a null base it only measures. Returns the bytes taken. */
static u64 lay_out(Sim *s, u64 base) {
  const i64 *w = s->w;
  i64 users = 0, sites = w[W_SITES], stations = w[W_STATIONS];
  u64 at = base + sizeof(Sim);
  for (i64 x = 0; x < w[W_SOURCES]; x++) users += INTS(SOURCE_USERS)[x];
  s->heap_most = w[W_FRAMES] + sites + users + 8;
#define PLACE(field, type, count) at = (at + 63) & ~(u64)63, s->field = (type *)(uintptr_t)at, at += (u64)(count) * sizeof(type)
  PLACE(fr, Frame, w[W_FRAMES]);
  PLACE(work, u64, w[W_FRAMES]);
  PLACE(heap, Entry, s->heap_most + 8);
  s->heap += 3; /* so that four children share a cache line */
  PLACE(stations, Station, stations);
  PLACE(sites, Site, sites);
  PLACE(all_queues, Queue, INTS(QUEUE_START)[stations]);
  PLACE(buckets, Bucket, INTS(BUCKET_START)[stations]);
  PLACE(partitions, Bucket, INTS(PARTITION_START)[stations]);
  PLACE(all_breakers, Breaker, INTS(BREAKER_START)[sites]);
  PLACE(all_flights, Flight, INTS(FLIGHT_START)[sites]);
  PLACE(rates, f64, w[W_SOURCES]);
  PLACE(factor, f64, w[W_SOURCES]);
  PLACE(absolute, f64, w[W_SOURCES]);
  PLACE(warm, f64, w[W_CACHES]);
#undef PLACE
  return at - base;
}

static void make_station(Sim *s, i64 n) {
  Station *k = s->stations + n;
  *k = (Station){0};
  k->queues = s->all_queues + INTS(QUEUE_START)[n];
  k->stretch = k->slow = 1.0;
  k->error = REALS(ERROR)[n];
  k->routing = INTS(ROUTING)[n], k->holds = INTS(HOLDS)[n];
  k->overflow = INTS(OVERFLOW)[n], k->queue_max = INTS(QUEUE_MAX)[n];
  k->has_rules = INTS(SHED_START)[n + 1] > INTS(SHED_START)[n];
  k->is_plain = k->routing == POOLED && INTS(BUCKET_START)[n + 1] == INTS(BUCKET_START)[n];
  for (i64 q = INTS(QUEUE_START)[n]; q < INTS(QUEUE_START)[n + 1]; q++) s->all_queues[q] = (Queue){0, 0, 0, -1, -1};
  for (i64 b = INTS(BUCKET_START)[n]; b < INTS(BUCKET_START)[n + 1]; b++)
    s->buckets[b] = (Bucket){REALS(LIMIT_BURST)[n], 0.0};
  for (i64 p = INTS(PARTITION_START)[n]; p < INTS(PARTITION_START)[n + 1]; p++)
    s->partitions[p] = (Bucket){most(1.0, REALS(PARTITION_RATE)[n]), 0.0};
}

static void make_site(Sim *s, i64 n) {
  Site *o = s->sites + n;
  *o = (Site){0};
  o->station = INTS(STATION)[n], o->units = INTS(UNITS)[n], o->flow = INTS(FLOW)[n], o->cache = INTS(CACHE)[n];
  o->stage_first = INTS(STAGE_START)[n], o->stage_last = INTS(STAGE_START)[n + 1];
  o->table = table_of(s, INTS(TABLE)[n] == NONE ? 0 : INTS(TABLE)[n]);
  o->chance = REALS(CHANCE)[n], o->timeout_s = REALS(TIMEOUT_S)[n], o->timeout_level = REALS(TIMEOUT_LEVEL)[n];
  o->network_s = REALS(NETWORK_S)[n], o->hedge_s = REALS(HEDGE_S)[n], o->breaker = REALS(BREAKER)[n];
  o->retry_budget = REALS(RETRY_BUDGET)[n], o->hedge_budget = REALS(HEDGE_BUDGET)[n];
  o->coalesce = INTS(COALESCE)[n];
  o->retry_tokens = o->hedge_tokens = BUDGET_START;
  if (REALS(TIMEOUT_LEVEL)[n] > 0) o->timeout_estimate = REALS(TIMEOUT_S)[n] / REALS(TIMEOUT_FACTOR)[n];
  o->hedge_estimate = REALS(HEDGE_S)[n];
  o->breakers = s->all_breakers + INTS(BREAKER_START)[n];
  o->flights = s->all_flights + INTS(FLIGHT_START)[n];
  o->flight_count = INTS(FLIGHT_START)[n + 1] - INTS(FLIGHT_START)[n];
  o->first = o->last = -1;
  for (i64 b = INTS(BREAKER_START)[n]; b < INTS(BREAKER_START)[n + 1]; b++) s->all_breakers[b] = (Breaker){0};
  for (i64 x = 0; x < o->flight_count; x++) o->flights[x] = (Flight){-1, -1};
}

#ifndef ATLAS_SOURCE_HASH
#define ATLAS_SOURCE_HASH 0
#endif
/* The hash of the source this was built from, so that a changed source is never run stale. */
i64 atlas_source_hash(void) { return ATLAS_SOURCE_HASH; }

/* Prepares a run. Returns MORE, or ARENA_TOO_SMALL with the bytes needed in the word ARENA_NEEDED. */
i64 atlas_start(i64 *w) {
  Sim measure = {0}, *s = &measure;
  s->w = w;
  u64 needed = lay_out(s, 0) + 128;
  w[W_ARENA_NEEDED] = (i64)needed;
  if (w[W_ARENA_BYTES] < (i64)needed) return ARENA_TOO_SMALL;
  s = (Sim *)(uintptr_t)(((u64)w[W_ARENA] + 63) & ~(u64)63);
  *s = (Sim){0};
  s->w = w;
  lay_out(s, (u64)(uintptr_t)s);
  s->a = (u64)w[W_SEED_A], s->b = (u64)w[W_SEED_B];
  s->for_s = real_of(w[W_FOR_S]), s->warmup_s = real_of(w[W_WARMUP_S]);
  s->bins = w[W_BINS], s->frames = w[W_FRAMES], s->sources = w[W_SOURCES];
  s->fresh = 1;
  s->free_head = -1;
  s->fr[0] = (Frame){0};
  s->count = OUT(i64, COUNTS);
  for (i64 c = 0; c < w[W_CACHES]; c++) s->warm[c] = 1.0;
  for (i64 n = 0; n < w[W_STATIONS]; n++) make_station(s, n);
  for (i64 n = 0; n < w[W_SITES]; n++) make_site(s, n);
  for (i64 n = 0; n < w[W_STATIONS]; n++) set_capacity(s, n, 1.0);
  for (i64 x = 0; x < s->sources; x++) {
    s->factor[x] = 1.0, s->absolute[x] = -1.0;
    for (i64 u = 0; u < INTS(SOURCE_USERS)[x]; u++)
      schedule(s, draw(s, table_of(s, INTS(SOURCE_THINK)[x])), x, THINK);
  }
  renew_rates(s);
  return MORE;
}

/* Goes on with a run for at most so many events. Returns MORE, DONE, OUT_OF_FRAMES or TOO_MANY_EVENTS. */
i64 atlas_run(i64 *w, i64 events) {
  Sim *s = (Sim *)(uintptr_t)(((u64)w[W_ARENA] + 63) & ~(u64)63);
  while (events-- > 0) {
    f64 due = s->heap_n ? s->heap[0].at : FOREVER, at = least(s->next_arrival, due);
    f64 change = change_due(s), step = step_due(s), first = least(at, least(change, step));
    if (first > s->for_s) {
      close_bins(s, s->for_s, 1);
      w[W_NOW] = bits_of(s->for_s);
      return DONE;
    }
    close_bins(s, first, 0);
    if (change == first) { apply_change(s); continue; }
    if (step == first) { next_profile_step(s); continue; }
    s->now = at;
    s->count[EVENTS]++;
    if (s->next_arrival < due) take_arrival(s);
    else take_event(s);
    drain(s);
    close_root(s);
    if (s->status) return s->status;
    if (s->sequence >= MAX_SEQUENCE) return TOO_MANY_EVENTS;
  }
  w[W_NOW] = bits_of(s->now);
  return MORE;
}
