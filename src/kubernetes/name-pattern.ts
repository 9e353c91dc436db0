/** Whether a name fits a pattern in which `*` stands for any text, none included. */
export function fitsName(pattern: string, name: string): boolean {
  const first = pattern.indexOf('*');
  if (first < 0) return pattern === name;
  const last = pattern.lastIndexOf('*');
  const start = pattern.slice(0, first);
  const end = pattern.slice(last + 1);
  if (!name.startsWith(start) || !name.endsWith(end)) return false;
  let from = start.length;
  for (const part of pattern.slice(first, last).split('*')) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return name.length - end.length >= from;
}

/** Finds the patterns that a name fits, without a look at every pattern. */
export class PatternIndex<T> {
  /** By the text before the first `*`. */
  readonly #byStart = new Map<string, { readonly pattern: string; readonly value: T }[]>();
  /** The lengths of these texts, in UTF-16 units. */
  readonly #lengths = new Set<number>();

  /** @param pattern has a `*` */
  add(pattern: string, value: T): void {
    const start = pattern.slice(0, pattern.indexOf('*'));
    this.#lengths.add(start.length);
    const same = this.#byStart.get(start);
    if (same === undefined) this.#byStart.set(start, [{ pattern, value }]);
    else same.push({ pattern, value });
  }

  /** What was added with a pattern that the name fits. */
  find(name: string): T[] {
    const found: T[] = [];
    for (const length of this.#lengths)
      for (const { pattern, value } of this.#byStart.get(name.slice(0, length)) ?? [])
        if (fitsName(pattern, name)) found.push(value);
    return found;
  }
}
