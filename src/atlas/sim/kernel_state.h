/* The discrete engine's kernel, part 1 of 8: what a run knows (reference_state.py). Read kernel.c first. */
#ifndef ATLAS_KERNEL_STATE
#define ATLAS_KERNEL_STATE
#include <stdint.h>

typedef int64_t i64;
typedef uint64_t u64;
typedef int32_t i32;
typedef double f64;

enum word { /* the order is that of WORDS in kernel.py */
  W_ARENA, W_ARENA_BYTES, W_ARENA_NEEDED, W_FRAMES,
  W_SEED_A, W_SEED_B, W_FOR_S, W_WARMUP_S, W_BIN_S, W_BINS, W_BY_SITE, W_HAS_KEYS, W_IS_FEED_FORWARD, W_EXPONENTIAL, W_NOW, W_BY_RECURSION,
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
  DETACHED, CUT_OFF, BUDGET_REFUSED, QUORUM_EARLY, HELD, CHOSEN, THOUGHT, FRAMES_MOST, COUNTS_LAST
};
enum status { RUNS = 0, OVER = 2, BY_EVENTS = 3, /* begin again, event by event */ DONE = 0, MORE = 1, ARENA_TOO_SMALL = -1, OUT_OF_FRAMES = -2, TOO_MANY_EVENTS = -3 };
enum routing { POOLED, RANDOM, KEYED, SHORTEST };
enum overflow { REJECT, DROP_OLDEST, DROP_STALE, BLOCK, DIVERT_TO };
enum change { SLOW, CAPACITY, ERROR, FLUSH, LOAD, RATE, CUT };
enum state { /* of a frame: bits */
  LOST = 1, COPY = 2, DEGRADED = 4, HOLDING = 8, BY_BREAKER = 16, LEADS = 32,
  TIMED = 64, /* in its site's list of timeouts */
  PAIRED = 128 /* has a hedged copy, or is one */
};
enum extra { HAS_BUDGET = 1, TIMES_OUT = 2, TAKES_CARE = 4, IS_CUT = 8 }; /* of a site: bits; with none, calls just arrive */
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
#define MAX_SEQUENCE (((u64)1 << 33) - ((u64)1 << 30)) /* looked at when the calendar is tuned */
#define MOST_CALLS 256 /* of a stage */

/* One attempt of a call; also a retry in its backoff, and the timer of a deadline or a hedge (par: its frame).
 * par: frame that waits for the answer, -1 nobody, -2 - x: root of source x. The parent still waits if its
 * generation is pgen and its stage pstage. */
typedef struct {
  i32 site, par, pgen, gen;
  i32 next;         /* in a queue, a shared call, or the free list */
  i32 before, after; /* in the site's list of timeouts (TIMED) */
  i32 queue;
  i32 twin; /* the other one (PAIRED), or the shared call it leads (LEADS) */
  int16_t pstage;
  uint8_t state;
  int8_t attempt;
  int16_t stage, pending, succeeded, needed;
  f64 start;
  u64 identity;
} Frame;

typedef struct { u64 a, b; } Random;
typedef struct { f64 at; u64 key; } Entry; /* key: sequence << 31 | what << 3 | event */
typedef struct { Entry first, second; } Day; /* of the calendar; free places hold NEVER */
typedef struct { i64 slots, busy, length; i32 head, tail; } Queue;
typedef struct { f64 tokens, at; } Bucket;
typedef struct { f64 answers, failures, open_until; } Breaker;
typedef struct { i32 leader, joined; } Flight;
typedef struct {
  i64 from, to, quorum;
  i32 choose;
  int16_t is_plain, needed; /* plain: all its calls happen and are waited for, or for so many of them */
} Stage;
typedef struct { /* what most calls read comes first, copied from the plan's arrays */
  Queue own; /* the only one, where there is one */
  i32 is_plain; /* one queue, and no limit that looks at keys */
  i32 is_even; /* all calls take one slot, and none is dropped in the queue: one that ends lets in at most one */
  f64 busy, queued; /* whole numbers */
  f64 pace; /* slow * stretch: a service takes so many times what its table says */
  f64 busy_area, queued_area, counted_to, error;
  i64 *latency;
  i64 alive, served;
  i32 is_open;    /* plain, there, and nothing is shed */
  i32 takes_note; /* a service that ends may keep its slots, fail, or be for nobody */
  i64 queue_max, overflow;
  Queue *queues;
  i64 routing, slots, refused, has_rules, holds;
  f64 stretch, slow, load, load_at;
  Random random; /* for its service times, where stations draw apart */
} Station;
typedef struct { /* what most calls read comes first, copied from the plan's arrays */
  Station *at;
  const f64 *table;
  i64 units;
  Stage *stages;
  i32 stage_count, extras;
  i32 first, last; /* of the list of timeouts */
  i32 armed, cut, is_watched; /* watched: breaker, cache, histogram or an adaptive timer learn from answers */
  f64 timeout_s, timeout_level;
  f64 retry_tokens, hedge_tokens, retry_budget, hedge_budget;
  i64 station, flow, cache, coalesce, attempts;
  f64 chance, network_s, hedge_s, breaker, timeout_estimate, hedge_estimate;
  Breaker *breakers;
  Flight *flights;
  i64 flight_count;
} Site;

/* Of the recursion (kernel_recursion.h). */
typedef f64 Visit __attribute__((vector_size(16))); /* when a call arrives or ends, and when its request arrived */
typedef i64 Mask __attribute__((vector_size(16)));
typedef struct { Visit *first; i64 count; } Stream; /* in order of time; what lies behind the last is later */
typedef struct {
  Visit *ends; /* when calls end, in order; those before `first` are passed on */
  i64 first, last;
  Visit *busy; /* a heap of the calls in service, where slots are many */
  i64 busy_n;
} Line;
typedef struct { Stream go, skip, joined; } Fork; /* calls that happen by chance, and those that do not */
typedef struct { Stream stream; i64 next; i32 more, events; } Mark; /* each of a stream is so many calls more */
typedef struct {
  Station *station;
  const Visit *come, *go;
  i64 left;
  f64 there, slots, to, busy_area, queued_area, most;
} Tally; /* of a station over a window (of a Station the fields of the same names) */

typedef struct {
  const i64 *w;
  Random random;
  u64 sequence;
  f64 now, for_s, warmup_s, next_arrival, total, quiet_until;
  i64 events, bin, bins, work_n, frames, fresh, step, next_change, status, sources;
  i64 heap_n, heap_most, booked, today, days_n, day_mask, word_mask, days_most, tune_at;
  f64 days_per_s, tuned_at;
  u64 tuned_sequence;
  i32 free_head;
  Frame *fr;
  Day *days;
  u64 *marks;
  Entry *heap;
  u64 *work;
  Station *stations;
  Site *sites;
  Stage *stages;
  Bucket *buckets, *partitions;
  Queue *all_queues;
  Breaker *all_breakers;
  Flight *all_flights;
  f64 *rates, *factor, *absolute, *warm;
  const i64 *calls;
  i64 count[COUNTS_LAST];
  f64 from, until; /* the recursion's window */
  i64 draws_apart, is_recursion, room, marks_n, tallies_n, outstanding, slices;
  f64 slices_per_s;
  Visit *visits;
  Random *chances; /* for whether a site is called, where sites draw apart */
  i64 *is_asked; /* flows that have sources */
  Line *lines;
  Fork *forks;
  Stream *roots;
  Mark *moves;
  Tally *tallies;
} Sim;

#define INTS(name) ((const i64 *)(uintptr_t)s->w[W_##name])
#define REALS(name) ((const f64 *)(uintptr_t)s->w[W_##name])
#define OUT(type, name) ((type *)(uintptr_t)s->w[W_##name])
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

static inline f64 real_of(i64 bits) { union { i64 i; f64 f; } u; u.i = bits; return u.f; }
static inline i64 bits_of(f64 x) { union { i64 i; f64 f; } u; u.f = x; return u.i; }
static inline f64 least(f64 a, f64 b) { return a < b ? a : b; }
static inline i64 least_of(i64 a, i64 b) { return a < b ? a : b; }
static inline f64 most(f64 a, f64 b) { return a > b ? a : b; }

static inline u64 random_bits(Random *r) { /* xoroshiro128+, Blackman and Vigna 2018 */
  u64 a = r->a, b = r->b, result = a + b;
  b ^= a;
  r->a = ((a << 24) | (a >> 40)) ^ b ^ (b << 16);
  r->b = (b << 37) | (b >> 27);
  return result;
}
static inline f64 unit(Random *r) { return ((f64)(random_bits(r) >> 11) + 1.0) * UNIT; }

static inline f64 draw(Random *r, const f64 *table) {
  i64 distance = ONE_BITS - bits_of(unit(r)), cell = distance >> SHIFT;
  f64 low = table[cell];
  return low + (table[cell + 1] - low) * ((f64)(distance & (((i64)1 << SHIFT) - 1)) * (1.0 / (f64)((i64)1 << SHIFT)));
}
static inline const f64 *table_of(Sim *s, i64 row) { return REALS(QUANTILES) + row * CELLS; }

#define GOLDEN 0x9E3779B97F4A7C15ULL
static u64 mixed(u64 z) { /* splitmix64, Steele, Lea and Flood 2014 */
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}
/* The generator of stream n of a run. */
static Random stream_of(const Random *run, u64 n) {
  return (Random){mixed(run->a + (n + 1) * GOLDEN), mixed(run->b + (n + 1) * GOLDEN) | 1};
}

static f64 key_unit(u64 identity, i64 key) {
  return identity ? (f64)(mixed(identity + (u64)(key + 1) * GOLDEN) >> 11) * UNIT : 0.0;
}

static inline i64 cell_of(f64 x) {
  i64 cell = (bits_of(x) >> (52 - HIST_BITS)) - HIST_OFFSET;
  return cell < 0 ? 0 : cell >= HIST_CELLS ? HIST_CELLS - 1 : cell;
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
  return f;
}

static inline void free_frame(Sim *s, i32 f) {
  if (f == 0) return;
  s->fr[f].gen++;
  s->fr[f].next = s->free_head;
  s->free_head = f;
}

static inline void add_work(Sim *s, i32 f, int work) {
  if (s->work_n >= s->frames) { s->status = OUT_OF_FRAMES; return; }
  s->work[s->work_n++] = ((u64)f << 2) | (u64)work;
}

static inline int is_awaited(Sim *s, const Frame *x) {
  return x->par <= -2 || (x->par >= 0 && s->fr[x->par].gen == x->pgen && s->fr[x->par].stage == x->pstage);
}

static inline void link_timeout(Sim *s, Site *o, i32 f) {
  Frame *x = s->fr + f;
  x->state |= TIMED;
  x->before = o->last;
  x->after = -1;
  if (o->last >= 0) s->fr[o->last].after = f;
  else o->first = f;
  o->last = f;
}
static inline void unlink_timeout(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  Site *o = s->sites + x->site;
  if (!(x->state & TIMED)) return;
  if (x->before >= 0) s->fr[x->before].after = x->after;
  else o->first = x->after;
  if (x->after >= 0) s->fr[x->after].before = x->before;
  else o->last = x->before;
  x->state &= (uint8_t)~TIMED;
}

#endif
