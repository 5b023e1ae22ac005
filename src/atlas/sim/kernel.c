/* The discrete engine's kernel: the twin of reference*.py, function by function, the same to the bit.
 *
 * Freestanding: no library, no allocation, no global state. The host passes an array of 64-bit words (see `enum
 * word`): numbers, and addresses of the plan's arrays, of the record's arrays and of one arena that holds all
 * state. atlas_start() prepares a run, atlas_run() goes on with it for a number of events.
 * Compile with -ffp-contract=off: identical bits need each operation rounded on its own.
 *
 * One compilation unit in eight parts, as the twin has its modules: kernel_state.h, kernel_calendar.h, kernel_queue.h,
 * kernel_call.h, kernel_answer.h, kernel_clock.h, kernel_recursion.h, and this one: the run (reference.py). The
 * recursion alone has no twin: what it leaves behind is what the events would have left.
 *
 * What the layout buys: a frame is one cache line; queues, free list and timeouts are linked through frames, so the
 * calendar holds only calls in service or under way, and one entry for each site with timeouts. What a plan does not
 * use costs a call nothing: sites, stages and stations know whether they are plain. Between two of the run's own
 * instants (changes, profile steps, ends of bins) an event asks for none of them. */
#include "kernel_recursion.h"

static void request(Sim *s, i64 source) {
  u64 identity = 1;
  if (INTS(SOURCE_HOT)[source]) identity = 0;
  else if (s->w[W_HAS_KEYS]) identity = random_bits(&s->random) | 1;
  start_root(s, INTS(FLOW_ROOT)[INTS(SOURCE_FLOW)[source]], identity, source);
}

static void take_arrival(Sim *s) { request(s, next_source(s)); }

static void take_timer(Sim *s, i32 timer, int event) {
  Frame *x = s->fr + timer;
  i32 par = x->par, site = x->site, wanted;
  i64 attempt = x->attempt;
  if (event == RETRY) wanted = s->fr[par].gen == x->pgen && s->fr[par].stage == x->pstage;
  else wanted = s->fr[par].gen == x->pgen && s->fr[par].par >= 0;
  free_frame(s, timer);
  if (!wanted) return;
  if (event == RETRY) dispatch(s, send(s, site, par, s->fr[par].identity, attempt), 0);
  else if (event == DEADLINE) time_out(s, par);
  else hedge(s, par);
}

static inline void take_event(Sim *s, u64 key) {
  int event = (int)(key & 7);
  i32 what = WHAT(key);
  if (LIKELY(event == SERVED)) serve(s, what);
  else if (event == ARRIVE) arrive(s, what);
  else if (event == EXPIRE) expire(s, what);
  else if (event == THINK) {
    s->count[THOUGHT]++;
    request(s, what);
  } else take_timer(s, what, event);
}

#define PLACE(field, type, count) at = (at + 63) & ~(u64)63, s->field = (type *)(uintptr_t)at, at += (u64)(count) * sizeof(type)

/* What runs with events need besides, from an address. Returns the end. */
static u64 lay_out_calendar(Sim *s, u64 at) {
  const i64 *w = s->w;
  i64 users = 0;
  for (i64 x = 0; x < w[W_SOURCES]; x++) users += INTS(SOURCE_USERS)[x];
  s->heap_most = w[W_FRAMES] + w[W_SITES] + users + 8;
  PLACE(fr, Frame, w[W_FRAMES]);
  PLACE(work, u64, w[W_FRAMES]);
  PLACE(heap, Entry, s->heap_most + 8);
  s->heap += 3; /* so that four children share a cache line */
  for (s->days_most = DAYS_LEAST; s->days_most < w[W_FRAMES] / 4 && s->days_most < DAYS_MOST;) s->days_most *= 2;
  PLACE(days, Day, s->days_most);
  PLACE(marks, u64, s->days_most / 64);
  return at;
}

/* What the recursion needs besides, in the same place: it has no calendar, but the events may be needed after it. */
static u64 lay_out_lines(Sim *s, u64 at) {
  const i64 *w = s->w;
  PLACE(lines, Line, w[W_STATIONS]);
  PLACE(forks, Fork, w[W_SITES]);
  PLACE(roots, Stream, w[W_FLOWS]);
  PLACE(is_asked, i64, w[W_FLOWS]);
  PLACE(moves, Mark, 4 * w[W_SITES] + w[W_FLOWS]);
  PLACE(tallies, Tally, w[W_STATIONS]);
  PLACE(visits, Visit, visits_in_all(s));
  return at;
}

/* Lays the state out in the arena: with a null base it only measures. Returns the bytes taken. */
static u64 lay_out(Sim *s, u64 base) {
  const i64 *w = s->w;
  i64 sites = w[W_SITES], stations = w[W_STATIONS];
  u64 at = base + sizeof(Sim);
  PLACE(stations, Station, stations);
  PLACE(sites, Site, sites);
  PLACE(stages, Stage, INTS(STAGE_START)[sites]);
  PLACE(all_queues, Queue, INTS(QUEUE_START)[stations]);
  PLACE(buckets, Bucket, INTS(BUCKET_START)[stations]);
  PLACE(partitions, Bucket, INTS(PARTITION_START)[stations]);
  PLACE(all_breakers, Breaker, INTS(BREAKER_START)[sites]);
  PLACE(all_flights, Flight, INTS(FLIGHT_START)[sites]);
  PLACE(rates, f64, w[W_SOURCES]);
  PLACE(factor, f64, w[W_SOURCES]);
  PLACE(absolute, f64, w[W_SOURCES]);
  PLACE(warm, f64, w[W_CACHES]);
  PLACE(chances, Random, sites);
  u64 calendar_end = lay_out_calendar(s, at), lines_end = w[W_IS_FEED_FORWARD] ? lay_out_lines(s, at) : 0;
  return (calendar_end > lines_end ? calendar_end : lines_end) - base;
}
#undef PLACE

static void make_station(Sim *s, i64 n) {
  Station *k = s->stations + n;
  *k = (Station){0};
  i64 queues = INTS(QUEUE_START)[n + 1] - INTS(QUEUE_START)[n];
  k->queues = queues == 1 ? &k->own : s->all_queues + INTS(QUEUE_START)[n];
  k->latency = OUT(i64, STATION_LATENCY) + n * HIST_CELLS;
  k->random = stream_of(&s->random, (u64)n);
  k->stretch = k->slow = k->pace = 1.0;
  k->routing = INTS(ROUTING)[n], k->holds = INTS(HOLDS)[n];
  k->overflow = INTS(OVERFLOW)[n], k->queue_max = INTS(QUEUE_MAX)[n];
  set_error(k, REALS(ERROR)[n]);
  k->has_rules = INTS(SHED_START)[n + 1] > INTS(SHED_START)[n];
  k->is_plain = k->routing == POOLED && INTS(BUCKET_START)[n + 1] == INTS(BUCKET_START)[n];
  for (i64 q = 0; q < queues; q++) k->queues[q] = (Queue){0, 0, 0, -1, -1};
  for (i64 b = INTS(BUCKET_START)[n]; b < INTS(BUCKET_START)[n + 1]; b++)
    s->buckets[b] = (Bucket){REALS(LIMIT_BURST)[n], 0.0};
  for (i64 p = INTS(PARTITION_START)[n]; p < INTS(PARTITION_START)[n + 1]; p++)
    s->partitions[p] = (Bucket){most(1.0, REALS(PARTITION_RATE)[n]), 0.0};
}

static void make_site(Sim *s, i64 n) {
  Site *o = s->sites + n;
  *o = (Site){0};
  o->station = INTS(STATION)[n], o->units = INTS(UNITS)[n], o->flow = INTS(FLOW)[n], o->cache = INTS(CACHE)[n];
  o->at = o->station == NONE ? 0 : s->stations + o->station;
  o->stages = s->stages + INTS(STAGE_START)[n];
  o->stage_count = (i32)(INTS(STAGE_START)[n + 1] - INTS(STAGE_START)[n]);
  o->attempts = INTS(ATTEMPTS)[n];
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
  s->chances[n] = stream_of(&s->random, (u64)(s->w[W_STATIONS] + n));
  o->first = o->last = -1;
  for (i64 b = INTS(BREAKER_START)[n]; b < INTS(BREAKER_START)[n + 1]; b++) s->all_breakers[b] = (Breaker){0};
  for (i64 x = 0; x < o->flight_count; x++) o->flights[x] = (Flight){-1, -1};
  if (o->retry_budget > 0 || o->hedge_budget > 0) o->extras |= HAS_BUDGET;
  if (o->timeout_s > 0) o->extras |= TIMES_OUT;
  if (!o->at || !o->at->is_plain || o->breaker > 0 || o->hedge_s > 0 || o->network_s > 0 || o->coalesce)
    o->extras |= TAKES_CARE;
  o->is_watched = o->breaker > 0 || o->timeout_level > 0 || REALS(HEDGE_LEVEL)[n] > 0 || o->cache != NONE ||
                  s->w[W_BY_SITE];
}

static void find_even_stations(Sim *s) { /* sites are made */
  for (i64 n = 0; n < s->w[W_STATIONS]; n++) s->stations[n].is_even = s->stations[n].overflow != DROP_STALE;
  for (i64 n = 0; n < s->w[W_SITES]; n++)
    if (s->sites[n].at && s->sites[n].units != 1) s->sites[n].at->is_even = 0;
}

static void make_stages(Sim *s, i64 site) { /* sites are made */
  for (i64 q = INTS(STAGE_START)[site]; q < INTS(STAGE_START)[site + 1]; q++) {
    Stage *stage = s->stages + q;
    *stage = (Stage){INTS(CALL_START)[q], INTS(CALL_START)[q + 1], INTS(QUORUM)[q], (i32)INTS(CHOOSE)[q], 0, 0};
    i64 calls = stage->to - stage->from;
    stage->is_plain = !stage->choose && calls > 0;
    stage->needed = (int16_t)(stage->quorum && stage->quorum < calls ? stage->quorum : calls);
    for (i64 e = stage->from; e < stage->to; e++) {
      const Site *o = s->sites + INTS(CALLS)[e];
      if (o->chance < 1 || o->cache != NONE || o->flow != s->sites[site].flow) stage->is_plain = 0;
    }
  }
}

#ifndef ATLAS_SOURCE_HASH
#define ATLAS_SOURCE_HASH 0
#endif
/* The hash of the source this was built from, so that a changed source is never run stale. */
i64 atlas_source_hash(void) { return ATLAS_SOURCE_HASH; }

/* Prepares a run in an arena that is large enough, by recursion or with events. */
static void begin(Sim *s, i64 *w, int is_recursion) {
  *s = (Sim){0};
  s->w = w;
  lay_out(s, (u64)(uintptr_t)s);
  s->random = (Random){(u64)w[W_SEED_A], (u64)w[W_SEED_B]};
  s->for_s = real_of(w[W_FOR_S]), s->warmup_s = real_of(w[W_WARMUP_S]);
  s->bins = w[W_BINS], s->frames = w[W_FRAMES], s->sources = w[W_SOURCES];
  s->fresh = 1;
  s->free_head = -1;
  s->fr[0] = (Frame){0};
  s->calls = INTS(CALLS);
  s->draws_apart = w[W_IS_FEED_FORWARD];
  s->heap[0] = NEVER;
  s->days_n = DAYS_LEAST;
  s->tune_at = FIRST_TUNING;
  clear_days(s);
  for (i64 c = 0; c < w[W_CACHES]; c++) s->warm[c] = 1.0;
  for (i64 n = 0; n < w[W_STATIONS]; n++) make_station(s, n);
  for (i64 n = 0; n < w[W_SITES]; n++) make_site(s, n);
  for (i64 n = 0; n < w[W_SITES]; n++) make_stages(s, n);
  find_even_stations(s);
  for (i64 n = 0; n < w[W_STATIONS]; n++) set_capacity(s, n, 1.0);
  for (i64 x = 0; x < s->sources; x++) {
    s->factor[x] = 1.0, s->absolute[x] = -1.0;
    for (i64 u = 0; u < INTS(SOURCE_USERS)[x]; u++)
      schedule(s, draw(&s->random, table_of(s, INTS(SOURCE_THINK)[x])), x, THINK);
  }
  renew_rates(s);
  s->is_recursion = is_recursion && (s->bins == 1 || s->total * real_of(w[W_BIN_S]) >= ARRIVALS_A_BIN);
  if (s->is_recursion) make_lines(s);
}

/* Prepares a run. Returns MORE, or ARENA_TOO_SMALL with the bytes needed in the word ARENA_NEEDED. */
i64 atlas_start(i64 *w) {
  Sim measure = {0};
  measure.w = w;
  u64 needed = lay_out(&measure, 0) + 128;
  w[W_ARENA_NEEDED] = (i64)needed;
  if (w[W_ARENA_BYTES] < (i64)needed) return ARENA_TOO_SMALL;
  begin((Sim *)(uintptr_t)(((u64)w[W_ARENA] + 63) & ~(u64)63), w, w[W_IS_FEED_FORWARD] && !w[W_BY_SITE]);
  return MORE;
}

static void clear(i64 *numbers, i64 count) {
  for (i64 n = 0; n < count; n++) numbers[n] = 0;
}

/* Begins again with events, on an empty record. */
static void begin_with_events(Sim *s, i64 *w) {
  begin(s, w, 0);
  clear(OUT(i64, FLOW_LATENCY), w[W_FLOWS] * HIST_CELLS);
  clear(OUT(i64, STATION_LATENCY), w[W_STATIONS] * HIST_CELLS);
  clear(OUT(i64, FLOW_SERIES), s->bins * w[W_FLOWS] * 4);
}

/* Does what the run has to do at an instant of its own that comes before an event at a time, or with it. Whether the
 * event is next. */
static int keep_time(Sim *s, f64 at) {
  f64 change = change_due(s), step = step_due(s), first = least(at, least(change, step));
  if (first > s->for_s) {
    close_bins(s, s->for_s, 1);
    s->now = s->for_s;
    s->status = OVER;
    return 0;
  }
  close_bins(s, first, 0);
  if (change == first) apply_change(s);
  else if (step == first) next_profile_step(s);
  s->quiet_until = least(s->for_s, least(change_due(s), step_due(s)));
  if (s->bin + 1 < s->bins) s->quiet_until = least(s->quiet_until, (f64)(s->bin + 1) * real_of(s->w[W_BIN_S]));
  return change != first && step != first;
}

/* Takes the next event, or does what comes before it. */
static inline void go_on(Sim *s) {
  i64 place;
  Entry next = next_entry(s, &place);
  int is_arrival = s->next_arrival < next.at;
  f64 at = is_arrival ? s->next_arrival : next.at;
  if (UNLIKELY(at >= s->quiet_until) && !keep_time(s, at)) return;
  s->now = at;
  s->events++;
  if (is_arrival) take_arrival(s);
  else {
    take(s, place);
    take_event(s, next.key);
  }
  if (s->work_n) drain(s);
}

static void go_on_with_events(Sim *s, i64 last) {
  while (s->events < last && s->status == RUNS) {
    i64 until = least_of(last, s->tune_at);
    while (s->events < until && s->status == RUNS) go_on(s);
    if (s->events >= s->tune_at) tune_calendar(s);
    if (s->sequence >= MAX_SEQUENCE && s->status == RUNS) s->status = TOO_MANY_EVENTS;
  }
  s->count[FRAMES_MOST] = s->fresh - 1; /* the free list is used up before a fresh one is taken */
}

/* Goes on with a run for at most so many events (the recursion for a window or so more). Returns MORE, DONE,
 * OUT_OF_FRAMES or TOO_MANY_EVENTS. */
i64 atlas_run(i64 *w, i64 events) {
  Sim *s = (Sim *)(uintptr_t)(((u64)w[W_ARENA] + 63) & ~(u64)63);
  i64 last = s->events + events;
  if (s->is_recursion) {
    while (s->events < last && s->status == RUNS) run_window(s);
    if (s->status == BY_EVENTS) begin_with_events(s, w);
  } else go_on_with_events(s, last);
  s->count[EVENTS] = s->events;
  for (i64 n = 0; n < COUNTS_LAST; n++) OUT(i64, COUNTS)[n] = s->count[n];
  w[W_NOW] = bits_of(s->now), w[W_BY_RECURSION] = s->is_recursion;
  return s->status == RUNS ? MORE : s->status == OVER ? DONE : s->status;
}
