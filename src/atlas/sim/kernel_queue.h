/* The kernel's stations, part 3 of 8: routing, breakers, limits, shedding, queues, slots, lost capacity
 * (reference_queue.py). */
#ifndef ATLAS_KERNEL_QUEUE
#define ATLAS_KERNEL_QUEUE
#include "kernel_calendar.h"

static inline void count_to_now(Sim *s, Station *k) {
  f64 passed = s->now - k->counted_to;
  k->busy_area += passed * k->busy;
  k->queued_area += passed * k->queued;
  k->counted_to = s->now;
}

static void refuse(Sim *s, i32 f, int reason) {
  s->count[reason]++;
  s->count[REFUSED]++;
  s->stations[INTS(STATION)[s->fr[f].site]].refused++;
  add_work(s, f, FAIL);
}

static inline void enqueue(Sim *s, Station *k, Queue *q, i32 f) {
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
  const Site *o = s->sites + s->fr[f].site;
  q->busy += o->units;
  k->busy += (f64)o->units;
  f64 service = (UNLIKELY(s->draws_apart) ? draw(&k->random, o->table) : draw(&s->random, o->table)) * k->pace;
  schedule(s, s->now + service, f, SERVED);
}

static void serve_waiting(Sim *s, Station *k, Queue *q) {
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
  k->pace = k->slow * k->stretch;
  k->is_open = k->is_plain && k->alive && !k->has_rules;
  for (i64 i = 0; i < k->alive; i++) serve_waiting(s, k, k->queues + i);
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
  return key == NONE ? unit(&s->random) : key_unit(x->identity, key);
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
    x->queue = (i32)clipped(unit(&s->random) * (f64)alive, alive);
    if (routing == SHORTEST) {
      i32 other = (i32)clipped(unit(&s->random) * (f64)alive, alive);
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
  k->load += (k->busy / (f64)k->slots - k->load) * (passed / (passed + SHED_MEMORY_S));
  k->load_at = s->now;
  for (i64 r = first; r < last; r++)
    if (k->load > REALS(SHED_OVER)[r] && priority >= INTS(SHED_PRIORITY)[r]) return 1;
  return 0;
}

static void meet_full_queue(Sim *s, Station *k, Queue *q, i32 f) {
  i64 site = s->fr[f].site;
  if (k->overflow == DROP_OLDEST && q->length) {
    refuse(s, dequeue(s, k, q), OVERFLOWED);
    enqueue(s, k, q, f);
  } else if (k->overflow == DIVERT_TO && INTS(DIVERT)[site] != NONE) {
    s->count[DIVERTED]++;
    add_work(s, f, DIVERT);
  } else refuse(s, f, OVERFLOWED);
}

static inline void arrive(Sim *s, i32 f) {
  const Site *o = s->sites + s->fr[f].site;
  Station *k = o->at;
  Queue *q = &k->own;
  if (!k->is_open) {
    i32 queue = s->fr[f].queue;
    q = k->queues + queue;
    if (queue >= k->alive) { refuse(s, f, LOST_INSTANCE); return; }
    if (k->has_rules && is_shed(s, o->station, INTS(FLOW_PRIORITY)[o->flow])) { refuse(s, f, SHED); return; }
  }
  count_to_now(s, k);
  if (!q->length && q->busy + o->units <= q->slots) start_service(s, k, q, f);
  else if (q->length < k->queue_max || k->overflow == BLOCK) enqueue(s, k, q, f);
  else meet_full_queue(s, k, q, f);
}

static inline void release(Sim *s, i32 f) {
  Frame *x = s->fr + f;
  i64 units = s->sites[x->site].units;
  Station *k = s->sites[x->site].at;
  Queue *q = k->is_plain ? &k->own : k->queues + x->queue;
  count_to_now(s, k);
  q->busy -= units;
  k->busy -= (f64)units;
  if (LIKELY(k->is_even)) {
    if (q->length && q->busy + units <= q->slots) start_service(s, k, q, dequeue(s, k, q));
  } else serve_waiting(s, k, q);
}

#endif
