/**
 * What stands in place of what is another in every run: keys, certificates, random values, dates, and checksums of
 * them. Where two runs of the same program differ, nothing can be equal to both.
 */
const unstable = '‹unstable›';

/** `-----BEGIN X-----` to `-----END X-----`, over lines or with `\n` in a quoted text. */
const pem = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
/** The base64 of `-----BEGIN `, to its end. */
const pemInBase64 = /LS0tLS1CRUdJTi[A-Za-z0-9+/=]*/g;
/** What buildMetadata's managedByLabel says of the version of Kustomize. */
const kustomizeVersion = /kustomize-(v\d+\.\d+\.\d+|\(devel\))/g;
/** A bcrypt hash. */
const bcrypt = /\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}/g;

/**
 * Replaces keys and certificates, whose length in lines may differ, the version of Kustomize, and the
 * day of the run in its usual forms.
 * @param day What the clock said, as `2006-01-02`.
 */
export function normalized(text: string, day: string): string {
  return text
    .replace(pem, unstable)
    .replace(pemInBase64, unstable)
    .replace(bcrypt, unstable)
    .replace(kustomizeVersion, 'kustomize-‹version›')
    .replaceAll(day, '‹day›')
    .replaceAll(day.replaceAll('-', ''), '‹day›');
}

/**
 * What runs of the same program, normalized, have in common: where a line is not the same in all of them, the words
 * that differ become `‹unstable›`. Undefined when they have not the same number of lines.
 */
export function common(runs: readonly string[]): string | undefined {
  const [first = [], ...others] = runs.map((run) => run.split('\n'));
  if (others.some((lines) => lines.length !== first.length)) return undefined;
  return first
    .map((line, index) => others.reduce((so, lines) => commonLine(so, lines[index] ?? ''), line))
    .join('\n');
}

function commonLine(a: string, b: string): string {
  if (a === b || agrees(a, b)) return a;
  const least = Math.min(a.length, b.length);
  let start = 0;
  while (start < least && a[start] === b[start]) start++;
  let end = 0;
  while (end < least - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  // Random values can begin or end alike by chance: only whole words count.
  const isWord = (character = '') => /[\w+/=.:$@!#%^&*~-]/.test(character);
  while (start > 0 && isWord(a[start - 1])) start--;
  while (end > 0 && isWord(a[a.length - end])) end--;
  return `${a.slice(0, start)}${unstable}${a.slice(a.length - end)}`;
}

function agrees(pattern: string, line: string): boolean {
  if (pattern === line) return true;
  const parts = pattern.split(unstable);
  const first = parts.shift();
  const last = parts.pop();
  if (first === undefined || last === undefined || !line.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = line.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return line.length - at >= last.length && line.endsWith(last);
}

export interface Difference {
  /** 1-based. */
  readonly line: number;
  readonly expected: string | undefined;
  readonly actual: string | undefined;
}

/**
 * The first line in which a normalized text is not what is expected; undefined when there is none.
 * @param expected May hold `‹unstable›`, which stands for anything within its line.
 */
export function firstDifference(expected: string, actual: string): Difference | undefined {
  if (expected === actual) return undefined;
  const theirs = expected.split('\n');
  const ours = actual.split('\n');
  for (let index = 0; index < Math.max(theirs.length, ours.length); index++) {
    const [a, b] = [theirs[index], ours[index]];
    if (a === undefined || b === undefined || !agrees(a, b))
      return { line: index + 1, expected: a, actual: b };
  }
  return undefined;
}
