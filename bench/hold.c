/* The least that an event costs: take the next entry, draw a service time, put an entry in (the hold model of Jones
 * 1986). With the kernel's own calendar, or with its heap alone; built and timed by bench/simulating.py. */
#include "kernel_calendar.h"

i64 atlas_hold(Sim *s, Day *days, u64 *marks, Entry *heap, const f64 *table, i64 pending, i64 holds, i64 heap_only) {
  *s = (Sim){0};
  s->days = days, s->marks = marks, s->heap = heap;
  s->random = (Random){1, 3};
  s->for_s = 1e6;
  s->days_n = DAYS_LEAST, s->days_most = DAYS_MOST, s->heap_most = pending + 8, s->tune_at = FIRST_TUNING;
  heap[0] = NEVER;
  clear_days(s);
  for (i64 n = 0; n < pending; n++) {
    if (heap_only) put_into_heap(s, (Entry){draw(&s->random, table), s->sequence++});
    else schedule(s, draw(&s->random, table), n, SERVED);
  }
  for (; s->events < holds; s->events++) {
    i64 place = NONE;
    Entry next = heap_only ? s->heap[0] : next_entry(s, &place);
    s->now = next.at;
    take(s, place);
    f64 at = s->now + draw(&s->random, table);
    if (heap_only) put_into_heap(s, (Entry){at, s->sequence++});
    else schedule(s, at, (i64)(next.key >> 3 & 0xFFFFFFF), SERVED);
    if (!heap_only && s->events >= s->tune_at) tune_calendar(s);
  }
  return bits_of(s->now);
}
