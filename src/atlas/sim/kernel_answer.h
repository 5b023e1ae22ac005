/* The kernel's answers, part 5 of 8: what a call's end means for who waits for it; timeouts, retries, hedges, breakers,
 * caches (reference_answer.py). */
#ifndef ATLAS_KERNEL_ANSWER
#define ATLAS_KERNEL_ANSWER
#include "kernel_call.h"

static f64 moved(f64 estimate, f64 latency, f64 level, f64 first) {
  estimate *= latency > estimate ? 1.0 + LEARNING * level : 1.0 - LEARNING * (1.0 - level);
  return least(first * LEARNT_RANGE, most(first / LEARNT_RANGE, estimate));
}

/* A copy that answers first says that the original took longer than the hedge waited: how long is not known. */
static void learn(Sim *s, i64 site, f64 latency, int is_copy) {
  Site *o = s->sites + site;
  f64 level = o->timeout_level;
  if (level > 0)
    o->timeout_estimate =
        moved(o->timeout_estimate, latency, level, REALS(TIMEOUT_S)[site] / REALS(TIMEOUT_FACTOR)[site]);
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

/* Tells a parent the outcome of one of its calls. The parent, if it is to go on at once, or NONE. */
static inline i32 deliver(Sim *s, i32 par, int succeeded, int degraded) {
  Frame *p = s->fr + par;
  p->pending--;
  if (succeeded) {
    p->succeeded++;
    if (degraded) p->state |= DEGRADED;
  }
  if (p->succeeded >= p->needed) {
    if (p->pending) s->count[QUORUM_EARLY]++;
    p->stage++;
    return par;
  }
  if (p->succeeded + p->pending < p->needed) {
    p->stage = ENDED;
    add_work(s, par, FAIL);
  }
  return NONE;
}

static i32 fall_back(Sim *s, i32 par, i64 fallback) {
  if (fallback == NONE) return deliver(s, par, 0, 0);
  s->count[FALLBACKS]++;
  if (fallback == ANSWER) return deliver(s, par, 1, 1);
  i32 f = send(s, fallback, par, s->fr[par].identity, 0);
  s->fr[f].state |= DEGRADED;
  dispatch(s, f, 0);
  return NONE;
}

static void retry(Sim *s, i64 site, i32 par, i64 attempt) {
  if (REALS(RETRY_BUDGET)[site] > 0) s->sites[site].retry_tokens -= 1;
  s->count[RETRIES]++;
  f64 wait = REALS(BACKOFF_S)[site] * (f64)((i64)1 << attempt);
  if (INTS(JITTER)[site]) wait *= 2.0 * unit(&s->random);
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

static void look_back(Sim *s, const Frame *x, int succeeded) {
  i64 site = x->site;
  feed_breaker(s, x, succeeded);
  if (!succeeded) return;
  learn(s, site, s->now - x->start, x->state & COPY);
  if (x->start >= s->warmup_s && s->w[W_BY_SITE])
    OUT(i64, SITE_LATENCY)[site * HIST_CELLS + cell_of(s->now - x->start)]++;
  if (s->sites[site].cache != NONE && !(x->state & DEGRADED)) fill(s, INTS(CACHE)[site]);
}

/* The answer of an awaited call: learns, then retries, falls back, or tells the parent, as deliver() does. */
static inline i32 settle(Sim *s, i32 f, int succeeded) {
  Frame *x = s->fr + f;
  i64 site = x->site;
  i32 par = x->par;
  if (par < 0) return NONE;
  if (s->sites[site].is_watched) look_back(s, x, succeeded);
  if (LIKELY(succeeded)) return deliver(s, par, 1, x->state & DEGRADED);
  if (x->attempt + 1 < s->sites[site].attempts) {
    if (REALS(RETRY_BUDGET)[site] == 0 || s->sites[site].retry_tokens >= 1) {
      retry(s, site, par, x->attempt);
      return NONE;
    }
    s->count[BUDGET_REFUSED]++;
  }
  return fall_back(s, par, INTS(FALLBACK)[site]);
}

static void end_request(Sim *s, const Frame *x, int succeeded) {
  i64 flow = INTS(FLOW)[x->site], source = -2 - (i64)x->par;
  int outcome = !succeeded ? 3 : x->state & DEGRADED ? 2 : 1;
  OUT(i64, FLOW_SERIES)[(s->bin * s->w[W_FLOWS] + flow) * 4 + outcome]++;
  if (succeeded && x->start >= s->warmup_s) OUT(i64, FLOW_LATENCY)[flow * HIST_CELLS + cell_of(s->now - x->start)]++;
  if (source < s->sources && INTS(SOURCE_USERS)[source])
    schedule(s, s->now + draw(&s->random, table_of(s, INTS(SOURCE_THINK)[source])), source, THINK);
}

static void part(Frame *x, Frame *twin) {
  x->state &= (uint8_t)~PAIRED;
  twin->state &= (uint8_t)~PAIRED;
}

/* Whether the logical call has its answer with this frame (not so if a hedged copy may still give it). */
static inline int is_settled(Sim *s, i32 f, int succeeded) {
  Frame *x = s->fr + f;
  if (!is_awaited(s, x)) return 0;
  if (!(x->state & PAIRED)) return 1;
  i32 twin = x->twin;
  part(x, s->fr + twin);
  if (!succeeded) { feed_breaker(s, x, 0); return 0; }
  s->fr[twin].par = -1;
  unlink_timeout(s, twin);
  if (s->fr[twin].state & LOST) free_frame(s, twin);
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

/* A call ends: what it holds is given back, who waits for it is told. Its parent, if that is to go on at once. */
static inline i32 finish(Sim *s, i32 f, int succeeded) {
  i32 next = NONE;
  Frame *x = s->fr + f;
  if (x->state & (HOLDING | TIMED | LEADS)) {
    if (x->state & HOLDING) release(s, f);
    unlink_timeout(s, f);
    if (x->state & LEADS) land(s, f, succeeded);
  }
  if (x->par <= -2) end_request(s, x, succeeded);
  else if (is_settled(s, f, succeeded)) next = settle(s, f, succeeded);
  free_frame(s, f);
  return next;
}

static void drain(Sim *s) {
  while (s->work_n > 0 && !s->status) {
    u64 entry = s->work[--s->work_n];
    i32 f = (i32)(entry >> 2);
    int work = (int)(entry & 3);
    if (work == DIVERT) divert(s, f);
    else advance(s, work == ADVANCE ? f : finish(s, f, work == SUCCEED));
  }
}

static void time_out(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  s->count[TIMEOUTS]++;
  if (is_awaited(s, x)) {
    learn(s, x->site, FOREVER, x->state & COPY);
    if (x->state & PAIRED) {
      part(x, s->fr + x->twin);
      feed_breaker(s, x, 0);
    } else {
      i32 next = settle(s, f, 0);
      if (next != NONE) add_work(s, next, ADVANCE);
    }
  }
  x->par = -1;
  if (x->state & LOST) free_frame(s, f);
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
  if (x->par < 0 || x->state & (PAIRED | LEADS) || !is_awaited(s, x)) return;
  if (REALS(HEDGE_BUDGET)[site] > 0) {
    if (s->sites[site].hedge_tokens < 1) return;
    s->sites[site].hedge_tokens -= 1;
  }
  s->count[HEDGES]++;
  i32 copy = send(s, site, x->par, x->identity, x->attempt);
  s->fr[copy].state |= COPY | PAIRED | (x->state & DEGRADED);
  x->twin = copy;
  s->fr[copy].twin = f;
  x->state |= PAIRED;
  dispatch(s, copy, 1);
}

#endif
