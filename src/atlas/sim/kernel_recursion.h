/* The kernel's recursion, part 7 of 8: plans whose calls only wait in queues, without events.
 *
 * Where nothing but arrivals and services moves a plan (feed_forward.py says when), a call's times follow from those
 * before it at its station: it starts when it has arrived and a slot is free, which is Lindley's recursion (1952) for
 * one slot and Kiefer and Wolfowitz's (1955) for several. So stations are gone through one after the other, each for
 * all calls of a window of time; what leaves one in order of time arrives at the next. What ends after the window
 * stays in the station's line.
 *
 * The record is that of the event loop, to the bit: stations and chances have random numbers of their own, drawn in
 * the order of arrival, and all sums are formed in the order of time. Where two things happen at the same instant at
 * different stations, where a bounded queue fills up, or where room runs out, the run begins again with events. */
#ifndef ATLAS_KERNEL_RECURSION
#define ATLAS_KERNEL_RECURSION
#include "kernel_clock.h"

#define WINDOW 256 /* arrivals */
#define SLICES WINDOW /* at most; a window has one for each arrival, to look for the most calls outstanding */
#define ARRIVALS_A_BIN 4.0 /* with fewer events are as fast: a window ends where a bin does */
#define FEW 16     /* slots: as many ends are put in order by moving all of them, without a branch */
#define VISITS_A_FRAME 8
#define AT(visit) ((visit)[0])
#define BEGAN(visit) ((visit)[1])

/* So that whoever reads one too many finds it later than all. */
static inline void end_with_never(Visit *behind) { *behind = (Visit){FOREVER, 0.0}; }

static void use_events(Sim *s) { s->status = BY_EVENTS; }

/* Makes room for more ends behind the last. What was passed on is forgotten, but for those that may still hold a slot,
 * as soon as it is as long as what is kept: so a line stays near, and moves each end about once. */
static int has_room(Sim *s, Line *line, i64 more, i64 kept) {
  i64 from = line->first - kept, held = line->last - from;
  if (from > held + WINDOW) {
    for (i64 n = 0; n < held; n++) line->ends[n] = line->ends[from + n];
    line->first -= from, line->last -= from;
  }
  if (line->last + more + 2 > s->room) use_events(s);
  return !s->status;
}

/* Puts the end of a call behind those before it, of which the last few may be later; of equal ones it is the last.
 * Without a branch: each of the last few takes the place of the one behind it, or stays. `moved` is what turns the new
 * one into the one before, where that has left its place. */
static inline void put_in_order(Visit *ends, i64 last, i64 slots, Visit x) {
  Visit end = {AT(x), AT(x)};
  Mask moved = {0, 0};
  for (i64 n = last - slots + 1; n < last; n++) {
    Visit here = ends[n], at = {AT(here), AT(here)};
    Mask moves = ((Mask)here ^ (Mask)x) & (at > end);
    ends[n] = (Visit)((Mask)here ^ moves ^ moved);
    moved = moves;
  }
  ends[last] = (Visit)((Mask)x ^ moved);
}

static inline void note_service(const Sim *s, i64 *latency, f64 at, f64 end) {
  if (at >= s->warmup_s && end <= s->for_s) latency[cell_of(end - at)]++;
}

/* All that arrive, at a station with few slots. Of its ends in order, the last but so many as it has slots is the
 * earliest time at which one is free. */
static void serve_with_few(const Sim *s, Line *line, Station *k, const f64 *table, Stream in) {
  Random random = k->random;
  Visit *ends = line->ends;
  i64 last = line->last, slots = k->slots, *latency = k->latency;
  f64 pace = k->pace, free = AT(ends[last - slots]);
  for (i64 n = 0; n < in.count; n++) {
    Visit x = in.first[n];
    f64 at = AT(x), end = most(at, free) + draw(&random, table) * pace;
    free = slots == 1 ? end : least(AT(ends[last - slots + 1]), end); /* known before the memory is */
    note_service(s, latency, at, end);
    put_in_order(ends, last++, slots, (Visit){end, BEGAN(x)});
  }
  line->last = last;
  k->random = random;
}

/* The earliest of the calls in service gives its place to another. */
static void replace_first(Visit *h, i64 count, Visit x) {
  i64 i = 0;
  for (i64 c = 1; c < count; c = 4 * i + 1) {
    i64 q = c, last = least_of(c + 4, count);
    for (i64 z = c + 1; z < last; z++)
      if (AT(h[z]) < AT(h[q])) q = z;
    if (AT(h[q]) >= AT(x)) break;
    h[i] = h[q];
    i = q;
  }
  h[i] = x;
}

static void add_busy(Line *line, Visit x) {
  Visit *h = line->busy;
  i64 i = line->busy_n++;
  for (i64 up; i > 0 && AT(h[up = (i - 1) >> 2]) > AT(x); i = up) h[i] = h[up];
  h[i] = x;
}

static inline void end_first(Sim *s, Line *line) {
  if (line->last && AT(line->ends[line->last - 1]) == AT(line->busy[0])) use_events(s); /* which of them is the first? */
  line->ends[line->last++] = line->busy[0];
}

/* All that arrive, at a station with many slots. */
static void serve_with_many(Sim *s, Line *line, Station *k, const f64 *table, Stream in) {
  for (i64 n = 0; n < in.count && !s->status; n++) {
    f64 at = AT(in.first[n]), start = at;
    int takes_place = line->busy_n && (AT(line->busy[0]) <= at || line->busy_n == k->slots);
    if (takes_place) {
      start = most(at, AT(line->busy[0]));
      end_first(s, line);
    }
    f64 end = start + draw(&k->random, table) * k->pace;
    note_service(s, k->latency, at, end);
    Visit x = {end, BEGAN(in.first[n])};
    if (takes_place) replace_first(line->busy, line->busy_n, x);
    else if (line->busy_n < s->room) add_busy(line, x);
    else use_events(s);
  }
  while (line->busy_n && AT(line->busy[0]) < s->until) {
    end_first(s, line);
    Visit x = line->busy[--line->busy_n];
    replace_first(line->busy, line->busy_n, x);
  }
}

/* What ends in the window, taken from the line. */
static Stream take_ended(const Sim *s, Line *line) {
  i64 low = line->first, high = line->last, from = low;
  while (low < high) {
    i64 middle = (low + high) >> 1;
    if (AT(line->ends[middle]) < s->until) low = middle + 1;
    else high = middle;
  }
  line->first = low;
  return (Stream){line->ends + from, low - from};
}

static inline void tally(Tally *x) {
  i64 comes_at = bits_of(AT(*x->come)), goes_at = bits_of(AT(*x->go)), is_going = (goes_at - comes_at) >> 63;
  f64 at = real_of(comes_at ^ ((comes_at ^ goes_at) & is_going)), passed = at - x->to, busy = least(x->there, x->slots);
  x->busy_area += passed * busy;
  x->queued_area += passed * (x->there - busy);
  x->to = at;
  x->there += (f64)(2 * is_going + 1);
  x->most = most(x->most, x->there);
  x->come += is_going + 1, x->go -= is_going;
}

/* The integrals of busy slots and waiting calls over what comes and goes, in order of time; without a branch, which
 * would be guessed wrongly every second time. Of the same instant what comes is first. Two stations at once: each step
 * waits for the one before it, and the other's fills the time. */
static void tally_two(Tally *a, Tally *b) {
  Tally x = *a, y = *b;
  i64 both = least_of(x.left, y.left);
  for (i64 n = both; n > 0; n--) {
    tally(&x);
    tally(&y);
  }
  for (i64 n = x.left - both; n > 0; n--) tally(&x);
  for (i64 n = y.left - both; n > 0; n--) tally(&y);
  *a = x, *b = y;
}

static void begin_tally(Sim *s, Station *k, Stream in, Stream out) {
  f64 there = k->busy + k->queued;
  s->tallies[s->tallies_n++] = (Tally){k, in.first, out.first, in.count + out.count, there, (f64)k->slots,
                                       k->counted_to, k->busy_area, k->queued_area, there};
}

static void tally_all(Sim *s) {
  Tally nothing = {0};
  for (i64 n = 0; n < s->tallies_n; n += 2) tally_two(s->tallies + n, n + 1 < s->tallies_n ? s->tallies + n + 1 : &nothing);
  for (i64 n = 0; n < s->tallies_n; n++) {
    const Tally *x = s->tallies + n;
    Station *k = x->station;
    f64 places = (f64)(k->overflow == BLOCK ? UNLIMITED : k->queue_max);
    if (x->most > x->slots + places) use_events(s);
    k->busy = least(x->there, x->slots), k->queued = x->there - k->busy, k->counted_to = x->to;
    k->busy_area = x->busy_area, k->queued_area = x->queued_area;
  }
}

/* Notes that each of a stream is so many calls more (or less) outstanding, or that it is an event. */
static void mark(Sim *s, Stream stream, i32 more, i32 events) {
  if (!stream.count) return;
  i64 n = 0;
  while (n < s->marks_n && s->moves[n].stream.first != stream.first) n++;
  if (n == s->marks_n) s->moves[s->marks_n++] = (Mark){stream, 0, 0, 0};
  s->moves[n].more += more, s->moves[n].events += events;
}

/* A station's calls of a window: what ends in it. */
static Stream serve_all(Sim *s, const Site *o, Stream in) {
  Station *k = o->at;
  Line *line = s->lines + o->station;
  int has_few = k->slots <= FEW;
  Stream out = {line->ends, 0};
  if (s->status || !has_room(s, line, in.count + line->busy_n, has_few ? k->slots : 0)) return out;
  if (has_few) serve_with_few(s, line, k, o->table, in);
  else serve_with_many(s, line, k, o->table, in);
  end_with_never(line->ends + line->last);
  out = take_ended(s, line);
  begin_tally(s, k, in, out);
  k->served += out.count;
  s->events += out.count;
  mark(s, out, 0, 1);
  return out;
}

/* Parts those for whom a call happens from those for whom it does not. */
static void part_by_chance(Random *random, f64 chance, Stream in, Fork *fork) {
  Visit *go = fork->go.first, *skip = fork->skip.first;
  for (i64 n = 0; n < in.count; n++) {
    i64 is_left_out = unit(random) > chance;
    *go = *skip = in.first[n];
    go += 1 - is_left_out, skip += is_left_out;
  }
  end_with_never(go);
  end_with_never(skip);
  fork->go.count = go - fork->go.first, fork->skip.count = skip - fork->skip.first;
}

/* Those that were called and those that were not, again in one order. */
static Stream joined(Sim *s, Stream one, Fork *fork) {
  const Visit *x = one.first, *y = fork->skip.first;
  Stream all = {fork->joined.first, one.count + fork->skip.count};
  if (all.count + 2 > s->room) use_events(s);
  if (s->status) return (Stream){all.first, 0};
  for (i64 n = 0; n < all.count; n++) {
    if (AT(*x) == AT(*y)) use_events(s);
    all.first[n] = AT(*x) < AT(*y) ? *x++ : *y++;
  }
  end_with_never(all.first + all.count);
  return all;
}

/* All calls of a site in a window, with what they call: when they are answered. */
static Stream call_all(Sim *s, i64 site, Stream in) {
  const Site *o = s->sites + site;
  s->count[CALLS] += in.count;
  mark(s, in, 1, 0);
  Stream now = o->at ? serve_all(s, o, in) : in;
  for (i64 n = 0; n < o->stage_count && !s->status; n++) {
    const Stage *stage = o->stages + n;
    if (stage->from == stage->to) continue;
    i64 call = s->calls[stage->from];
    Fork *fork = s->forks + call;
    if (s->sites[call].chance >= 1) {
      now = call_all(s, call, now);
    } else {
      part_by_chance(s->chances + call, s->sites[call].chance, now, fork);
      now = joined(s, call_all(s, call, fork->go), fork);
    }
  }
  mark(s, now, -1, 0);
  return now;
}

static void answer_all(Sim *s, i64 flow, Stream done) {
  i64 *latency = OUT(i64, FLOW_LATENCY) + flow * HIST_CELLS;
  OUT(i64, FLOW_SERIES)[(s->bin * s->w[W_FLOWS] + flow) * 4 + 1] += done.count;
  for (i64 n = 0; n < done.count; n++)
    if (BEGAN(done.first[n]) >= s->warmup_s) latency[cell_of(AT(done.first[n]) - BEGAN(done.first[n]))]++;
}

static inline i64 slice_of(const Sim *s, f64 at) {
  return least_of((i64)((at - s->from) * s->slices_per_s), s->slices - 1);
}

/* Goes through a slice instant by instant; calls that end do so before those that they make room for begin. */
static void look_into_slice(Sim *s, i64 slice) {
  for (;;) {
    f64 at = FOREVER;
    i64 more = 0, events = 0;
    for (i64 n = 0; n < s->marks_n; n++) {
      Mark *m = s->moves + n;
      while (m->next < m->stream.count && slice_of(s, AT(m->stream.first[m->next])) < slice) m->next++;
      if (m->next < m->stream.count) at = least(at, AT(m->stream.first[m->next]));
    }
    if (at == FOREVER || slice_of(s, at) > slice) return;
    for (i64 n = 0; n < s->marks_n; n++) {
      Mark *m = s->moves + n;
      for (; m->next < m->stream.count && AT(m->stream.first[m->next]) == at; m->next++)
        more += m->more, events += m->events;
    }
    if (events > 1) use_events(s); /* which of them is the first? */
    s->outstanding += more;
    if (s->outstanding > s->count[FRAMES_MOST]) s->count[FRAMES_MOST] = s->outstanding;
  }
}

/* The most calls outstanding at once. Only slices that could hold more than those before are looked into. */
static void count_outstanding(Sim *s) {
  i32 more[SLICES], less[SLICES];
  s->slices_per_s = (f64)s->slices / most(s->until - s->from, 1e-200);
  for (i64 slice = 0; slice < s->slices; slice++) more[slice] = less[slice] = 0;
  for (i64 n = 0; n < s->marks_n; n++) {
    const Mark *m = s->moves + n;
    i32 *slices = m->more < 0 ? less : more;
    if (m->more)
      for (i64 i = 0; i < m->stream.count; i++) slices[slice_of(s, AT(m->stream.first[i]))] += m->more;
  }
  for (i64 slice = 0; slice < s->slices; slice++) {
    i64 then = s->outstanding + more[slice] + less[slice];
    if (s->outstanding + more[slice] > s->count[FRAMES_MOST]) look_into_slice(s, slice);
    s->outstanding = then;
  }
}

/* The arrivals of a window, by flow. Its end: the time given, or that of the first for which there is no place. */
static f64 take_arrivals(Sim *s, f64 end) {
  s->slices = 0;
  for (i64 f = 0; f < s->w[W_FLOWS]; f++) s->roots[f].count = 0;
  for (;;) {
    f64 change = change_due(s), step = step_due(s), own = least(change, step), quiet = least(own, end);
    for (; s->next_arrival < quiet; s->slices++) {
      if (s->slices == SLICES) return s->next_arrival;
      s->now = s->next_arrival;
      Stream *root = s->roots + INTS(SOURCE_FLOW)[next_source(s)];
      root->first[root->count++] = (Visit){s->now, s->now};
    }
    if (own >= end) return end;
    if (change == own) apply_change(s);
    else next_profile_step(s);
  }
}

static void run_window(Sim *s) {
  int is_last = s->bin + 1 == s->bins;
  f64 end = is_last ? real_of(bits_of(s->for_s) + 1) : least(s->for_s, (f64)(s->bin + 1) * real_of(s->w[W_BIN_S]));
  s->marks_n = s->tallies_n = 0;
  s->until = take_arrivals(s, end);
  s->events += s->slices;
  s->slices += !s->slices;
  for (i64 f = 0; f < s->w[W_FLOWS] && !s->status; f++) {
    Stream *root = s->roots + f;
    if (!s->is_asked[f]) continue;
    end_with_never(root->first + root->count);
    OUT(i64, FLOW_SERIES)[(s->bin * s->w[W_FLOWS] + f) * 4] += root->count;
    mark(s, *root, 0, 1);
    answer_all(s, f, call_all(s, INTS(FLOW_ROOT)[f], *root));
  }
  if (s->status) return;
  tally_all(s);
  count_outstanding(s);
  s->from = s->now = s->until;
  if (s->until < end) return;
  close_bins(s, least(end, s->for_s), is_last);
  if (is_last && !s->status) s->status = OVER;
}

/* How many lists of visits a run has that may become long, and how many visits they and the arrivals take in all. */
static i64 long_lists(const Sim *s) {
  i64 count = 0;
  for (i64 n = 0; n < s->w[W_STATIONS]; n++) count += (f64)INTS(SLOTS)[n] * (f64)INTS(INSTANCES)[n] > FEW ? 2 : 1;
  for (i64 n = 0; n < s->w[W_SITES]; n++) count += REALS(CHANCE)[n] < 1 ? 3 : 0;
  return count;
}
static i64 visits_in_all(Sim *s) {
  i64 lists = long_lists(s);
  s->room = s->w[W_FRAMES] * VISITS_A_FRAME / (lists + 1) + 8 * WINDOW;
  return lists * s->room + s->w[W_FLOWS] * (WINDOW + 1);
}

static Visit *next_list(Visit **free, i64 length) {
  Visit *list = *free;
  *free += length;
  return list;
}

/* Divides the visits among the lists; lines with few slots begin with calls that have ended long ago. */
static void make_lines(Sim *s) {
  Visit *free = s->visits;
  for (i64 n = 0; n < s->w[W_STATIONS]; n++) {
    Line *line = s->lines + n;
    *line = (Line){next_list(&free, s->room), 0, 0, 0, 0};
    if ((f64)INTS(SLOTS)[n] * (f64)INTS(INSTANCES)[n] > FEW) line->busy = next_list(&free, s->room);
    if (s->stations[n].slots > FEW) continue;
    line->first = line->last = s->stations[n].slots;
    for (i64 i = 0; i < line->last; i++) line->ends[i] = (Visit){0.0, 0.0};
  }
  for (i64 n = 0; n < s->w[W_SITES]; n++) {
    if (REALS(CHANCE)[n] >= 1) continue;
    Fork *fork = s->forks + n;
    fork->go = (Stream){next_list(&free, s->room), 0};
    fork->skip = (Stream){next_list(&free, s->room), 0};
    fork->joined = (Stream){next_list(&free, s->room), 0};
  }
  for (i64 f = 0; f < s->w[W_FLOWS]; f++) s->roots[f] = (Stream){next_list(&free, WINDOW + 1), 0};
  for (i64 f = 0; f < s->w[W_FLOWS]; f++) s->is_asked[f] = 0;
  for (i64 x = 0; x < s->sources; x++) s->is_asked[INTS(SOURCE_FLOW)[x]] = 1;
}

#endif
