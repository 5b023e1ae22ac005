// Atlas: the settings of a run, in the address, so that what is seen can be sent on; and as a command line.
export const LOADS = { least: 0.5, most: 3, step: 0.1 };
const LARGEST_SEED = 2 ** 53 - 1;

const number = (text, low, high, otherwise) => {
  const value = Number(text ?? NaN);
  return text !== null && text !== "" && value >= low && value <= high ? value : otherwise;
};

const moment = (text, last) => { const at = number(text, 0, last, null); return at === null ? null : Math.floor(at); };

/** What the address asks for; what it does not say, or says wrongly, is the default. */
export function readSettings(data) {
  const given = new URLSearchParams(location.search), wanted = given.get("run");
  const run = data.runs.find((one) => one.id === wanted) ?? data.runs.find((one) => one.id && one.plan !== undefined) ?? data.runs[0];
  const own = data.runs[0].id === "" && wanted === "none" ? data.runs[0] : run;
  const flows = flowsOf(own);
  return {
    run: own.id, load: Math.round(number(given.get("load"), LOADS.least, LOADS.most, 1) * 10) / 10,
    seed: Math.floor(number(given.get("seed"), 0, LARGEST_SEED, 1)), isWithout: given.get("mitigation") === "off" && own.without?.plan !== undefined,
    flow: flows.includes(given.get("flow")) ? given.get("flow") : flows[0], at: moment(given.get("at"), own.window.for),
  };
}

/** The flows of a run, those that the drill expects something of first. */
export function flowsOf(run) {
  return [...new Set([...run.expect.map((one) => one.flow), ...(run.flows ?? [])])];
}

export function writeSettings(settings) {
  const given = new URLSearchParams(location.search);
  given.set("run", settings.run || "none");
  for (const [name, value, usual] of [["load", settings.load, 1], ["seed", settings.seed, 1], ["mitigation", settings.isWithout ? "off" : "", ""], ["at", settings.at ?? "", ""], ["flow", settings.flow, ""]]) {
    if (value === usual) given.delete(name);
    else given.set(name, value);
  }
  history.replaceState(null, "", `${location.pathname}?${given}#run`);
}

/** The command that gives the same numbers. */
export function commandOf(data, settings, plan, run) {
  const options = [run.id ? `--drill ${run.id}` : `--for ${run.window.for}s`, "--engine discrete"];
  if (plan.share < 1) options.push(`--slice ${plan.share}`);
  if (settings.load !== 1) options.push(`--load ${settings.load}x`);
  return `atlas run ${data.system.slug} ${options.join(" ")} --seed ${settings.seed}`;
}
