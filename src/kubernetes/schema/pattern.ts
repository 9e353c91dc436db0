/**
 * Regular expressions of custom resource definitions, which are written for Go's RE2 by strangers. They are matched
 * without backtracking, by the set of places that the text read so far can end at, so that none is catastrophic.
 */

/** From the places where a part may begin to those where it may end; 0-based, in code points. */
type Part = (starts: ReadonlySet<number>, text: Text) => Set<number>;

interface Text {
  readonly characters: readonly string[];
  /** Places that may still be looked at. */
  steps: number;
}

/** Enough for any pattern in use on any text that people write. */
const stepLimit = 200_000;

/** As RE2: more copies of a part than this are refused. */
const repeatLimit = 1000;

/**
 * A function that says whether a text has a match. A text that would take too many steps counts as matching.
 * Undefined for a pattern that is broken or uses what is not known here (`\b`, most flags).
 */
export function compilePattern(pattern: string): ((text: string) => boolean) | undefined {
  try {
    const match = new Parser(pattern).parse();
    return (value) => {
      const text: Text = { characters: [...value], steps: stepLimit };
      const anywhere = new Set(text.characters.keys()).add(text.characters.length);
      return match(anywhere, text).size > 0 || text.steps < 0;
    };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class Parser {
  readonly #pattern: string;
  readonly #flags: string;
  #next = 0;
  /** How many times the part that is being read will be copied. */
  #copies = 1;

  constructor(pattern: string) {
    this.#flags = pattern.startsWith('(?i)') ? 'iu' : 'u';
    this.#pattern = pattern.replace(/^\(\?i\)/, '');
  }

  parse(): Part {
    const part = this.#alternatives();
    if (this.#next < this.#pattern.length) throw new SyntaxError('unbalanced )');
    return part;
  }

  #accept(form: RegExp): string | undefined {
    const sticky = new RegExp(form.source, 'yu');
    sticky.lastIndex = this.#next;
    const found = sticky.exec(this.#pattern)?.[0];
    this.#next += found?.length ?? 0;
    return found;
  }

  #alternatives(): Part {
    const parts = [this.#sequence()];
    while (this.#accept(/\|/)) parts.push(this.#sequence());
    return parts.length === 1 && parts[0] !== undefined
      ? parts[0]
      : (starts, text) => new Set(parts.flatMap((part) => [...part(starts, text)]));
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#next < this.#pattern.length && !'|)'.includes(this.#pattern[this.#next] ?? '')) parts.push(this.#piece());
    return (starts, text) => parts.reduce<Set<number>>((places, part) => part(places, text), new Set(starts));
  }

  #piece(): Part {
    const part = this.#atom();
    const quantifier = this.#accept(/(?:[*+?]|\{\d+(?:,\d*)?\})\??/);
    if (quantifier === undefined) return part;
    const [least, most] = bounds(quantifier);
    if (Math.max(least, most === Number.POSITIVE_INFINITY ? 0 : most) > repeatLimit) throw new SyntaxError('too many repeats');
    return repeat(part, least, most);
  }

  #atom(): Part {
    if (this.#accept(/\^|\\A/)) return (starts) => new Set(starts.has(0) ? [0] : []);
    if (this.#accept(/\$|\\z/))
      return (starts, { characters: { length } }) => new Set(starts.has(length) ? [length] : []);
    if (this.#accept(/\((?:\?:|\?P?<\w+>)?(?!\?)/) !== undefined) {
      const part = this.#alternatives();
      if (!this.#accept(/\)/)) throw new SyntaxError('unbalanced (');
      return part;
    }
    return this.#character();
  }

  #character(): Part { throw new SyntaxError('todo') }
}
