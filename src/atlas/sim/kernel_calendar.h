/* The kernel's calendar, part 2 of 8: what is due next, in the order of time and then of putting in.
 *
 * A calendar queue (Brown 1988) whose days hold two entries each, and a 4-ary heap for all that finds no place there:
 * what is due after the last day of the window, and third entries of a day. Next is the earlier of the first entry of
 * the first marked day and of the heap's root, so nothing ever moves from one to the other, and the order does not
 * depend on how long a day is. That is set anew from time to time: as long as few entries are pending, many short
 * days keep them apart and near; with many, fewer days that fit a cache are worth more, and what the next entry names
 * is fetched ahead. */
#ifndef ATLAS_KERNEL_CALENDAR
#define ATLAS_KERNEL_CALENDAR
#include "kernel_state.h"

#define WHAT(key) ((i32)((key) >> 3 & ((1 << 28) - 1)))
#define NO_KEY (~(u64)0)
#define NEVER ((Entry){FOREVER, NO_KEY})
#define MANY 1024 /* pending entries */
#define ENTRIES_A_DAY(is_many) ((is_many) ? 1.0 : 0.25)
#define DAYS_AN_ENTRY(is_many) ((is_many) ? 2 : 16)
#define DAYS_LEAST 64
#define DAYS_MOST ((i64)1 << 18)
#define FIRST_TUNING 200 /* events */
#define TUNING_LEAST 4096
#define TUNING_MOST (1 << 20)
#define LAST_DAY 4503599627370496.0 /* 2^52: days are counted exactly */

/* Earlier, or put in earlier. Bits of times that are not negative are in the order of the times, and comparing both
 * numbers as one of 128 bits needs no branch that could be guessed wrongly. */
static inline int is_before(const Entry *x, const Entry *y) {
  unsigned __int128 a = (unsigned __int128)(u64)bits_of(x->at) << 64 | x->key;
  unsigned __int128 b = (unsigned __int128)(u64)bits_of(y->at) << 64 | y->key;
  return a < b;
}

static void put_into_heap(Sim *s, Entry e) {
  Entry *h = s->heap;
  i64 i = s->heap_n;
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

static void take_from_heap(Sim *s) { /* the root */
  Entry *h = s->heap, e = h[--s->heap_n];
  i64 n = s->heap_n, i = 0;
  if (!n) { h[0] = NEVER; return; } /* so that nobody asks whether the heap is empty */
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

/* The day of a time; times of the same order as their days. What lies too far away has none that is in the window. */
static inline i64 day_of(const Sim *s, f64 at) {
  f64 day = at * s->days_per_s;
  return day < LAST_DAY ? (i64)day : (i64)1 << 60;
}

static inline void book(Sim *s, Entry e) {
  i64 day = day_of(s, e.at), place = day & s->day_mask;
  if (UNLIKELY(!s->booked)) s->today = day_of(s, s->now);
  Day *d = s->days + place;
  if (UNLIKELY((u64)(day - s->today) > (u64)s->day_mask || d->second.key != NO_KEY)) { put_into_heap(s, e); return; }
  int is_first = is_before(&e, &d->first);
  Entry first = d->first;
  d->second = is_first ? first : e;
  d->first = is_first ? e : first;
  s->marks[place >> 6] |= (u64)1 << (place & 63);
  s->booked++;
}

static inline void schedule(Sim *s, f64 at, i64 what, int event) {
  Entry e;
  e.at = at;
  e.key = (s->sequence++ << 31) | ((u64)what << 3) | (u64)event;
  book(s, e);
}

/* The place of the first day with an entry; there is one. */
static inline i64 first_day(const Sim *s) {
  i64 from = s->today & s->day_mask, word = from >> 6;
  u64 bits = s->marks[word] >> (from & 63) << (from & 63);
  while (!bits) {
    word = (word + 1) & s->word_mask;
    bits = s->marks[word];
  }
  return word << 6 | __builtin_ctzll(bits);
}

/* What is due next, and its day (NONE: it is the heap's root; also if nothing is due, which is NEVER). */
static inline Entry next_entry(const Sim *s, i64 *place) {
  Entry root = s->heap[0], e = NEVER;
  *place = NONE;
  if (LIKELY(s->booked)) {
    *place = first_day(s);
    e = s->days[*place].first;
  }
  if (UNLIKELY(root.at <= e.at) && is_before(&root, &e)) {
    *place = NONE;
    e = root;
  }
  return e;
}

static inline void take(Sim *s, i64 place) {
  if (UNLIKELY(place == NONE)) { take_from_heap(s); return; }
  Day *d = s->days + place;
  s->today += (place - s->today) & s->day_mask;
  d->first = d->second;
  d->second = NEVER;
  s->marks[place >> 6] &= ~((u64)(d->first.key == NO_KEY) << (place & 63));
  if (--s->booked > MANY) __builtin_prefetch(s->fr + WHAT(s->days[first_day(s)].first.key));
}

static void clear_days(Sim *s) {
  for (i64 n = 0; n < s->days_n; n++) s->days[n] = (Day){NEVER, NEVER};
  for (i64 n = 0; n < s->days_n >> 6; n++) s->marks[n] = 0;
  s->booked = 0;
  s->day_mask = s->days_n - 1;
  s->word_mask = s->days_n / 64 - 1;
}

/* Sets length and number of the days by the entries that came since the last time; the entries find new places. */
static void tune_calendar(Sim *s) {
  i64 pending = s->booked + s->heap_n, days = DAYS_LEAST, n = s->heap_n;
  int is_many = pending > MANY, is_near;
  f64 passed = s->now - s->tuned_at, per_s = (f64)(s->sequence - s->tuned_sequence) / (passed * ENTRIES_A_DAY(is_many));
  s->tune_at = s->events + least_of(TUNING_MOST, TUNING_LEAST + pending * 16);
  if (!(passed > 0) || per_s * s->for_s > LAST_DAY / 4) return;
  s->tuned_at = s->now;
  s->tuned_sequence = s->sequence;
  while (days < pending * DAYS_AN_ENTRY(is_many) && days < s->days_most) days *= 2;
  is_near = per_s < 1.5 * s->days_per_s && s->days_per_s < 1.5 * per_s;
  if (is_near && (days == s->days_n || days == s->days_n / 2)) return;
  for (i64 d = 0; d < s->days_n && s->booked; d++) { /* all entries behind those of the heap, which has the room */
    Day *day = s->days + d;
    if (day->first.key != NO_KEY) s->heap[n++] = day->first, s->booked--;
    if (day->second.key != NO_KEY) s->heap[n++] = day->second, s->booked--;
  }
  s->days_n = days;
  s->days_per_s = per_s;
  clear_days(s);
  s->heap_n = 0;
  for (i64 i = 0; i < n; i++) {
    Entry e = s->heap[i];
    book(s, e);
  }
  if (!s->heap_n) s->heap[0] = NEVER;
}

#endif
