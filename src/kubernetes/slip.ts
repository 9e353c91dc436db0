import { append } from '../group-by.ts';

/** Finds the name that another one is a slip of the pen for, without a look at every name. */
export class SlipIndex {
  /** Names by what is left of them when any one letter is taken away: two names with one slip between them share such a rest. */
  #byRest: ReadonlyMap<string, readonly string[]> | undefined;
  readonly #names: readonly string[];

  constructor(names: Iterable<string>) {
    this.#names = [...names];
  }

  /**
   * The first name with one letter wrong, missing, too much, or two swapped, that `isKnown` accepts. Names that are told
   * apart by a number (`db-1`, `db-2`) or by a short part (`node-a`, `node-b`) are two names, not a slip.
   */
  find(name: string, isKnown: (other: string) => boolean): string | undefined {
    // A look at each of a few names is less work than all the rests.
    if (this.#names.length <= few && !this.#names.some((other) => isSlip(name, other))) return undefined;
    this.#byRest ??= groupByRest(this.#names);
    for (const rest of restsOf(name))
      for (const other of this.#byRest.get(rest) ?? [])
        if (isSlip(name, other) && isKnown(other)) return other;
    return undefined;
  }
}

const few = 50;

function groupByRest(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const byRest = new Map<string, string[]>();
  for (const name of names) for (const rest of restsOf(name)) append(byRest, rest, name);
  return byRest;
}

/** The name, and what is left when any one letter is taken away; nothing of names too short or too long to judge. */
function restsOf(name: string): string[] {
  if (name.length < shortest || name.length > longest) return [];
  const rests = new Set([name]);
  for (let at = 0; at < name.length; at++) rests.add(name.slice(0, at) + name.slice(at + 1));
  return [...rests];
}

const shortest = 5;
const longest = 253;
/** A part of a name that is shorter has no room for a slip. */
const shortestPart = 4;

function isSlip(name: string, other: string): boolean {
  if (!isOneOff(name, other) || withoutDigits(name) === withoutDigits(other)) return false;
  const [parts, others] = [name.split(separator), other.split(separator)];
  if (parts.length !== others.length) return true;
  const at = parts.findIndex((part, index) => part !== others[index]);
  return Math.min(parts[at]?.length ?? 0, others[at]?.length ?? 0) >= shortestPart;
}

const separator = /[-.]/;

function withoutDigits(name: string): string {
  return name.replace(/[0-9]+/g, '');
}

/** Whether two texts differ by one letter, or by two neighbours that have changed places. */
function isOneOff(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  if (one === other || Math.max(one.length, other.length) > shorter + 1) return false;
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  return (
    Math.max(left.length, right.length) === 1 || (left.length === 2 && left === `${right[1]}${right[0]}`)
  );
}
