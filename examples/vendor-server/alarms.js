/**
 * What is to happen at a moment of the calendar: the end of a lifetime, of an active period, of a record.
 *
 * The calendar and not a timer decides, because these moments survive a restart; so the clock is looked at often, and
 * a timer of weeks is never needed.
 */
const LOOKS_EVERY = 100;

export function createAlarms() {
  /** By key: when, in Unix milliseconds, and what. */
  const alarms = new Map();
  let timer;

  function look() {
    const due = [...alarms].filter(([, { at }]) => at <= Date.now());
    for (const [key, alarm] of due.sort(([, a], [, b]) => a.at - b.at)) {
      if (alarms.get(key) !== alarm) continue;
      alarms.delete(key);
      alarm.ring();
    }
    plan();
  }

  function plan() {
    clearTimeout(timer);
    if (alarms.size === 0) return;
    const next = Math.min(...[...alarms.values()].map(({ at }) => at));
    timer = setTimeout(look, Math.max(0, Math.min(LOOKS_EVERY, next - Date.now())));
  }

  return {
    set(key, at, ring) {
      alarms.set(key, { at, ring });
      plan();
    },
    clear: (key) => void alarms.delete(key),
  };
}
