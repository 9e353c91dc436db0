// Source: github.com/robfig/cron/v3 3.0.1, ParseStandard, which the API server reads schedules with.

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface CronField {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Words for the numbers from `least` on. */
  readonly words?: readonly string[];
}

const fields: readonly CronField[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, words: months },
  { name: 'day of the week', least: 0, most: 6, words: days },
];

const macros: readonly string[] = ['yearly', 'annually', 'monthly', 'weekly', 'daily', 'midnight', 'hourly'];

/** What is wrong with the schedule of a CronJob, as the end of a sentence that it begins; undefined when it is sound. */
export function scheduleProblem(schedule: string): string | undefined {
  if (schedule.startsWith('@')) return macroProblem(schedule);
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== 5)
    return `has ${parts.length === 1 && parts[0] === '' ? 0 : parts.length} fields, not five`;
  for (const [index, field] of fields.entries()) {
    const part = parts[index] ?? '';
    const wrong = part.split(',').find((range) => range !== '' && !isRange(range, field));
    if (wrong !== undefined)
      return `has ${wrong} as ${field.name}, which takes ${field.least} to ${field.most}`;
  }
  return undefined;
}

function macroProblem(schedule: string): string | undefined {
  const every = /^@every (.*)$/.exec(schedule)?.[1];
  if (every !== undefined)
    return isDuration(every) ? undefined : 'has no duration such as 1h30m after @every';
  return macros.includes(schedule.slice(1)) ? undefined : `is none of @${macros.join(', @')} and @every`;
}

function isRange(range: string, { least, most, words }: CronField): boolean {
  const [span = '', step, ...more] = range.split('/');
  if (more.length > 0 || (step !== undefined && (!isNumber(step) || Number(step) === 0))) return false;
  const ends = span.split('-');
  if (ends[0] === '*' || ends[0] === '?') return true;
  if (ends.length > 2) return false;
  const [first = -1, last = step === undefined ? first : most] = ends.map((end) =>
    numberOf(end, least, words),
  );
  return least <= first && first <= last && last <= most;
}

/** The number of a text or a word; -1 when it is none. */
function numberOf(text: string, least: number, words: readonly string[] = []): number {
  const word = words.indexOf(text.toLowerCase());
  if (word >= 0) return least + word;
  return isNumber(text) ? Number(text) : -1;
}

function isNumber(text: string): boolean {
  return /^\+?[0-9]+$/.test(text);
}

/** Whether Go's time.ParseDuration reads a text, such as `1h30m`, `-1.5s` or `0`. */
export function isDuration(text: string): boolean {
  return /^[-+]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.test(text);
}
