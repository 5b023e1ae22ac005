// Atlas: the seconds of a run as charts and tables show them. A thin slice has few requests in a second, whose shares
// and percentiles say little: what is shown is taken over stretches that hold enough of them.
const ENOUGH = 25, LENGTHS = [1, 2, 5, 10, 20, 30, 60];

/** Seconds to take together for a flow; ``scale``: requests of the system for each one that is run. */
export function stretchOf(flow, scale) {
  const mean = flow.arrived.reduce((total, value) => total + value, 0) / scale / Math.max(1, flow.arrived.length);
  return LENGTHS.find((length) => length * mean >= ENOUGH) ?? LENGTHS.at(-1);
}

/** Means over stretches; the last may be shorter. */
export const means = (values, every) => stretches(values, every, (part) => part.reduce((total, value) => total + value, 0) / part.length);

/** The newest percentile told in each stretch; NaN where there is none. */
export const newest = (values, every) => stretches(values, every, (part) => part.findLast((value) => !Number.isNaN(value)) ?? NaN);

function stretches(values, every, of) {
  if (every === 1) return values;
  return Array.from({ length: Math.ceil(values.length / every) }, (_, index) => of(values.slice(index * every, (index + 1) * every)));
}

/** Whether a stretch of requests is long enough to have percentiles. */
export const isEnough = (histogram) => {
  let total = 0;
  for (const count of histogram) if ((total += count) >= ENOUGH) return true;
  return false;
};
