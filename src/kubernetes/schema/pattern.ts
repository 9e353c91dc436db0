/**
 * Matches the regular expressions of custom resource definitions. Strangers write them, for Go's RE2: they are matched
 * without backtracking, by the set of all places that can be reached, so that none of them is catastrophic.
 */

/** From the places where a part of the expression may begin to those where it may end; 0-based, in code points. */
type Part = (starts: ReadonlySet<number>, text: Text) => ReadonlySet<number>;

interface Text {
  readonly characters: readonly string[];
  /** How many more places may be looked at; below 0 the match is given up. */
  steps: number;
}

/** The patterns of many schemas: each is compiled once, and matched once with each text. */
export class Patterns {
  readonly #tests = new Map<string, (text: string) => boolean>();

  /** The test of a pattern; a pattern that is not known here matches all. */
  test(pattern: string): (text: string) => boolean {
    let test = this.#tests.get(pattern);
    if (test === undefined) {
      test = remembered(compilePattern(pattern) ?? (() => true));
      this.#tests.set(pattern, test);
    }
    return test;
  }
}

function remembered(test: (text: string) => boolean): (text: string) => boolean {
  const results = new Map<string, boolean>();
  return (text) => {
    const result = results.get(text) ?? test(text);
    results.set(text, result);
    return result;
  };
}

const nowhere: ReadonlySet<number> = new Set();

/** Ample for patterns and values that people write; a hostile pair costs some milliseconds. */
const stepLimit = 100_000;

/** Longer patterns are not used. */
const lengthLimit = 1000;

/** RE2 refuses more copies of a part than this. */
const repeatLimit = 1000;

/**
 * The test whether a text has a match; a text that takes too many steps counts as one that has. Undefined for a
 * pattern that is broken, is too long or has what is not known here: word boundaries, flags other than a leading `(?i)`.
 */
export function compilePattern(pattern: string): ((text: string) => boolean) | undefined {
  if (pattern.length > lengthLimit) return undefined;
  try {
    const match = new Parser(pattern).parse();
    return (value) => {
      const characters = [...value];
      const text = { characters, steps: stepLimit };
      return run(match, new Set([...characters.keys(), characters.length]), text).size > 0 || text.steps < 0;
    };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function run(part: Part, starts: ReadonlySet<number>, text: Text): ReadonlySet<number> {
  text.steps -= 1 + starts.size;
  return text.steps < 0 || starts.size === 0 ? nowhere : part(starts, text);
}

/** Recursive descent over RE2's syntax; throws SyntaxError. */
class Parser {
  readonly #pattern: string;
  readonly #flags: string;
  #next = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#flags = this.#accept(/\(\?i\)/) === undefined ? 'u' : 'iu';
  }

  parse(): Part {
    const part = this.#alternatives();
    return this.#next === this.#pattern.length ? part : this.#fail();
  }

  #alternatives(): Part {
    const parts = [this.#sequence()];
    while (this.#accept(/\|/)) parts.push(this.#sequence());
    return (starts, text) => new Set(parts.flatMap((part) => [...run(part, starts, text)]));
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (!/^[|)]?$/.test(this.#pattern.charAt(this.#next))) parts.push(this.#repetition());
    return (starts, text) => parts.reduce((places, part) => run(part, places, text), starts);
  }

  #repetition(): Part {
    const part = this.#atom();
    const quantifier = this.#accept(/([*+?]|\{\d+(,\d*)?\})\??/);
    if (quantifier === undefined) return part;
    const [least = 0, most = least] =
      { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }[quantifier.charAt(0)] ??
      quantifier
        .replace(/[{}?]/g, '')
        .split(',')
        .map((bound) => (bound === '' ? Infinity : Number(bound)));
    if (least > repeatLimit || (most > repeatLimit && most < Infinity)) this.#fail();
    return (starts, text) => {
      let fresh = starts;
      for (let count = 0; count < least && fresh.size > 0; count++) fresh = run(part, fresh, text);
      const places = new Set(fresh);
      for (let count = least; count < most && fresh.size > 0; count++) {
        fresh = new Set([...run(part, fresh, text)].filter((place) => !places.has(place)));
        for (const place of fresh) places.add(place);
      }
      return places;
    };
  }

  #atom(): Part {
    if (this.#accept(/\^|\\A/)) return (starts) => (starts.has(0) ? new Set([0]) : nowhere);
    if (this.#accept(/\$|\\z/))
      return (starts, { characters: { length } }) => (starts.has(length) ? new Set([length]) : nowhere);
    if (this.#accept(/\((?!\?)|\(\?:|\(\?P?<\w+>/)) {
      const part = this.#alternatives();
      return this.#accept(/\)/) ? part : this.#fail();
    }
    const character = new RegExp(`^${this.#character()}$`, this.#flags);
    return (starts, { characters }) =>
      new Set(
        [...starts]
          .filter((at) => at < characters.length && character.test(characters[at] ?? ''))
          .map((at) => at + 1),
      );
  }

  /** A JavaScript expression for the one character that comes next in the pattern. */
  #character(): string {
    if (this.#accept(/\./)) return '[^\\n]';
    const named = this.#accept(/\\([dDwWsSnrtfv]|x[\da-fA-F]{2}|[pP]\{\w+\})/);
    if (named !== undefined) return named;
    const set = this.#accept(/\[\^?\]?(\[:\^?\w+:\]|\\.|[^\]\\])*\]/);
    if (set !== undefined)
      return set
        .replace(/^(\[\^?)\]/, '$1\\]')
        .replace(/\\(.)/gu, (escaped, character) =>
          /[a-zA-Z0-9]/.test(character) ? escaped : literal(character),
        )
        .replace(/\[:(\^?\w+):\]/g, (_, name) => posix[name] ?? this.#fail());
    return literal(this.#accept(/\\[^a-zA-Z0-9]/)?.slice(1) ?? this.#accept(/[^()|*+?[\\]/) ?? this.#fail());
  }

  #accept(form: RegExp): string | undefined {
    const sticky = new RegExp(form, 'yu');
    sticky.lastIndex = this.#next;
    const found = sticky.exec(this.#pattern)?.[0];
    this.#next += found?.length ?? 0;
    return found;
  }

  #fail(): never {
    throw new SyntaxError(`not understood at ${this.#next}`);
  }
}

/** RE2 takes a backslash before any punctuation, JavaScript only where it has a meaning. */
function literal(character: string): string {
  return character.replace(/[\^$\\.*+?()[\]{}|/]/, '\\$&').replace('-', '\\x2d');
}

const posix: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};
