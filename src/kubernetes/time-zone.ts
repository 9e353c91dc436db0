import table from './data/time-zones.json' with { type: 'json' };

const zones: ReadonlySet<string> = new Set(table.zones);

/** Whether a text names a time zone, as the API server demands of a CronJob: case counts, and `Local` is none. */
export function isTimeZone(text: string): boolean {
  return zones.has(text);
}
