/* The kernel's clock, part 6 of 8: what happens at the run's own instants (arrivals, changes, steps of profiles, ends of
 * bins), whatever the calls do (reference.py). */
#ifndef ATLAS_KERNEL_CLOCK
#define ATLAS_KERNEL_CLOCK
#include "kernel_answer.h"

static void renew_rates(Sim *s) {
  s->total = 0.0;
  for (i64 x = 0; x < s->sources; x++) {
    i64 row = INTS(SOURCE_PROFILE)[x], steps = s->w[W_PROFILE_STEPS];
    f64 shape = row == NONE ? 1.0 : REALS(PROFILES)[row * steps + s->step % steps];
    s->rates[x] = s->absolute[x] >= 0 ? s->absolute[x] : REALS(SOURCE_RATE)[x] * shape * s->factor[x];
    s->total += s->rates[x];
  }
  s->next_arrival = s->total > 0 ? s->now + draw(&s->random, REALS(EXPONENTIAL)) / s->total : FOREVER;
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
      series[0] = k->served, series[1] = k->refused, series[2] = (i64)k->queued, series[3] = k->slots;
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

static void set_error(Station *k, f64 share) {
  k->error = share;
  k->takes_note = k->holds || share > 0 || k->overflow == DROP_STALE;
}

static void set_cut(Site *o, int is_cut) {
  o->cut = is_cut;
  o->extras = (o->extras & ~IS_CUT) | (is_cut ? IS_CUT : 0);
}

static void apply_change(Sim *s) {
  i64 row = s->next_change++;
  s->now = REALS(CHANGE_AT)[row];
  i64 kind = INTS(CHANGE_KIND)[row], index = INTS(CHANGE_INDEX)[row];
  f64 value = REALS(CHANGE_VALUE)[row];
  if (kind == LOAD || kind == RATE) {
    (kind == LOAD ? s->factor : s->absolute)[index] = value;
    renew_rates(s);
  } else if (kind == SLOW) {
    Station *k = s->stations + index;
    k->slow = value;
    k->pace = k->slow * k->stretch;
  }
  else if (kind == CAPACITY) {
    set_capacity(s, index, value);
    drain(s);
  } else if (kind == ERROR) set_error(s->stations + index, 1.0 - (1.0 - REALS(ERROR)[index]) * (1.0 - value));
  else if (kind == FLUSH) s->warm[index] *= REALS(CACHE_FILL_S)[index] > 0 ? 1.0 - value : 1.0;
  else set_cut(s->sites + index, value > 0);
}

static void next_profile_step(Sim *s) {
  s->now = step_due(s);
  s->step++;
  renew_rates(s);
}

/* Of whom the arrival is that is due now; the next one is drawn. */
static inline i64 next_source(Sim *s) {
  i64 source = 0;
  s->next_arrival = s->now + draw(&s->random, REALS(EXPONENTIAL)) / s->total;
  if (s->sources > 1) {
    f64 left = unit(&s->random) * s->total;
    while (source < s->sources - 1) {
      left -= s->rates[source];
      if (left <= 0) break;
      source++;
    }
  }
  return source;
}

#endif
