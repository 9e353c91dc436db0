import { distance } from 'fastest-levenshtein';

/** Finds the name that another one is a slip of the pen for, without a look at every name. */
export class SlipIndex {
  /** Names by what is left of them when any one letter is taken away: two names with one slip between them share such a rest. */
  readonly #byRest = new Map<string, string[]>();

  constructor(names: Iterable<string>) {
    for (const name of names)
      for (const rest of restsOf(name)) {
        const same = this.#byRest.get(rest);
        if (same === undefined) this.#byRest.set(rest, [name]);
        else same.push(name);
      }
  }

  /**
   * The first name with one letter wrong, missing, too much, or two swapped, that `isKnown` accepts. Names that are told
   * apart by a number (`db-1`, `db-2`) or by a short part (`node-a`, `node-b`) are two names, not a slip.
   */
  find(name: string, isKnown: (other: string) => boolean): string | undefined {
    for (const rest of restsOf(name))
      for (const other of this.#byRest.get(rest) ?? [])
        if (isSlip(name, other) && isKnown(other)) return other;
    return undefined;
  }
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
  if (name === other || withoutDigits(name) === withoutDigits(other)) return false;
  const isOne = distance(name, other) === 1 || (name.length === other.length && isSwapped(name, other));
  if (!isOne) return false;
  const [parts, others] = [name.split(separator), other.split(separator)];
  if (parts.length !== others.length) return true;
  const at = parts.findIndex((part, index) => part !== others[index]);
  return Math.min(parts[at]?.length ?? 0, others[at]?.length ?? 0) >= shortestPart;
}

const separator = /[-.]/;

function withoutDigits(name: string): string {
  return name.replace(/[0-9]+/g, '');
}

/** Whether two neighbours have changed places, for texts of one length. */
function isSwapped(one: string, other: string): boolean {
  let at = 0;
  while (one[at] === other[at]) at++;
  return one[at] === other[at + 1] && one[at + 1] === other[at] && one.slice(at + 2) === other.slice(at + 2);
}
