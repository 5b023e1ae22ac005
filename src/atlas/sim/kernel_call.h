/* The kernel's calls, part 4 of 8: sending them on their way, and what they call in turn: stages, choices, caches,
 * hand-off (reference_call.py). */
#ifndef ATLAS_KERNEL_CALL
#define ATLAS_KERNEL_CALL
#include "kernel_queue.h"

static inline i32 send(Sim *s, i64 site, i32 par, u64 identity, i64 attempt) {
  i32 f = new_frame(s);
  Frame *x = s->fr + f;
  x->site = (i32)site;
  x->par = par;
  x->pgen = par >= 0 ? s->fr[par].gen : 0;
  x->pstage = par >= 0 ? s->fr[par].stage : 0;
  x->queue = 0;
  x->stage = x->pending = x->succeeded = x->needed = 0;
  x->state = 0;
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

static inline void arm_timeout(Sim *s, i32 f) {
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
  x->next = shared->joined;
  shared->joined = f;
  return 1;
}

static inline void deposit(Site *o) {
  o->retry_tokens = least(BUDGET_MOST, o->retry_tokens + o->retry_budget);
  o->hedge_tokens = least(BUDGET_MOST, o->hedge_tokens + o->hedge_budget);
}

static void dispatch_with_care(Sim *s, i32 f, int is_copy) {
  Site *o = s->sites + s->fr[f].site;
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
      s->fr[f].state |= LOST;
    } else refuse(s, f, CUT_OFF);
  } else if (o->coalesce && s->fr[f].identity == 0 && joins(s, f)) {
    s->count[COALESCED]++;
  } else if (o->network_s > 0) {
    schedule(s, s->now + o->network_s, f, ARRIVE);
  } else arrive(s, f);
}

static inline void dispatch(Sim *s, i32 f, int is_copy) {
  Site *o = s->sites + s->fr[f].site;
  if (UNLIKELY(s->status)) return;
  if (o->extras) {
    if (o->extras & HAS_BUDGET && s->fr[f].attempt == 0 && !is_copy) deposit(o);
    if (o->extras & (TAKES_CARE | IS_CUT)) { dispatch_with_care(s, f, is_copy); return; }
    if (o->extras & TIMES_OUT) arm_timeout(s, f);
  }
  arrive(s, f);
}

static void start_root(Sim *s, i64 site, u64 identity, i64 source) {
  OUT(i64, FLOW_SERIES)[(s->bin * s->w[W_FLOWS] + INTS(FLOW)[site]) * 4]++;
  dispatch(s, send(s, site, (i32)(-2 - source), identity, 0), 0);
}

static int hits(Sim *s, i32 f, i64 call) {
  i64 cache = INTS(CACHE)[call];
  if (unit(&s->random) > REALS(CACHE_HIT)[cache] * s->warm[cache]) {
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
  if (!chosen && o->chance < 1 && unit(s->draws_apart ? s->chances + call : &s->random) > o->chance) return 0;
  if (o->cache != NONE && hits(s, f, call)) return 0;
  if (o->flow == s->sites[s->fr[f].site].flow) return 1;
  s->count[DETACHED]++;
  start_root(s, call, s->fr[f].identity, s->sources);
  return 0;
}

static i64 choose(Sim *s, i64 from, i64 to) {
  f64 left = unit(&s->random);
  for (i64 e = from; e < to - 1; e++) {
    left -= REALS(CHANCE)[INTS(CALLS)[e]];
    if (left <= 0) return INTS(CALLS)[e];
  }
  return INTS(CALLS)[to - 1];
}

static inline i32 finish(Sim *s, i32 f, int succeeded);

static inline void call(Sim *s, i32 f, i64 site) { dispatch(s, send(s, site, f, s->fr[f].identity, 0), 0); }

/* Issues a stage that is not plain. Whether any of its calls happens and is waited for. */
static int issue(Sim *s, i32 f, const Stage *stage) {
  i32 issued[MOST_CALLS];
  int n = 0;
  if (stage->choose) {
    s->count[CHOSEN]++;
    i64 chosen = choose(s, stage->from, stage->to);
    if (happens(s, f, chosen, 1)) issued[n++] = (i32)chosen;
  } else {
    for (i64 e = stage->from; e < stage->to; e++)
      if (happens(s, f, s->calls[e], 0)) issued[n++] = (i32)s->calls[e];
  }
  if (!n) return 0;
  s->fr[f].pending = (int16_t)n;
  s->fr[f].succeeded = 0;
  s->fr[f].needed = (int16_t)(stage->quorum && stage->quorum < n ? stage->quorum : n);
  for (int z = 0; z < n; z++) call(s, f, issued[z]);
  return 1;
}

static inline int issue_next(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  const Site *o = s->sites + x->site;
  for (; x->stage < o->stage_count && !s->status; x->stage++) {
    const Stage *stage = o->stages + x->stage;
    if (stage->is_plain) {
      const i64 *first = s->calls + stage->from, *last = s->calls + stage->to;
      x->pending = (int16_t)(last - first);
      x->succeeded = 0;
      x->needed = stage->needed;
      do call(s, f, *first++);
      while (first < last);
      return 1;
    }
    if (issue(s, f, stage)) return 1;
  }
  return 0;
}

/* Issues the next stage that has any calls; a call without one succeeds, and who waited for it alone goes on at once
 * (the stack of things to do would have that next). */
static inline void advance(Sim *s, i32 f) {
  while (f != NONE && !issue_next(s, f)) f = finish(s, f, 1);
}

/* The end of a service where it may keep its slots, fail, or be for nobody. Whether the call goes on. */
static int ends_well(Sim *s, Station *k, i32 f) {
  Frame *x = s->fr + f;
  if (k->holds && s->sites[x->site].stage_count) {
    s->count[HELD]++;
    x->state |= HOLDING;
  } else release(s, f);
  if (k->error > 0 && unit(&s->random) <= k->error) {
    s->count[ERRORS]++;
    return 0;
  }
  if (x->par != -1 || k->overflow != DROP_STALE) return 1;
  s->count[STALE]++;
  return 0;
}

static inline void serve(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  const Site *o = s->sites + x->site;
  Station *k = o->at;
  k->served++;
  if (x->start >= s->warmup_s)
    k->latency[cell_of(s->now - x->start - o->network_s)]++;
  if (k->takes_note) {
    if (!ends_well(s, k, f)) { add_work(s, f, FAIL); return; }
  } else release(s, f);
  advance(s, f); /* what the stack would do next */
}

static void divert(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  x->stage = (int16_t)(INTS(STAGE_START)[x->site + 1] - INTS(STAGE_START)[x->site]);
  x->pending = x->needed = 1;
  x->succeeded = 0;
  dispatch(s, send(s, INTS(DIVERT)[x->site], f, x->identity, 0), 0);
}

#endif
