import type { Labels } from '../selector.ts';

/** Whether a Calico selector selects something with these labels. */
export type CalicoSelector = (labels: Labels) => boolean;

/**
 * Reads a selector of Calico, such as `role == "db" && !has(debug)`: `==`, `!=`, `in {…}`, `not in {…}`, `contains`,
 * `starts with`, `ends with`, `has(…)`, `all()`, `global()`, `!`, `&&`, `||` and parentheses; `&&` binds tighter than
 * `||`. An empty one selects everything. Undefined when it cannot be read.
 * Source: the selector reference of Calico and libcalico-go/lib/selector of projectcalico/calico.
 */
export function readCalicoSelector(text: string): CalicoSelector | undefined {
  const tokens = text.match(token) ?? [];
  if (tokens.join('') !== text.replace(outsideQuotes, '$1')) return undefined;
  if (tokens.length === 0) return () => true;
  const reader = new Reader(tokens);
  const selector = reader.either();
  return reader.isAtEnd ? selector : undefined;
}

const token = /"[^"]*"|'[^']*'|&&|\|\||==|!=|[!(){},]|[\w./-]+/g;
/** Blanks between tokens; what is in quotes is kept. */
const outsideQuotes = /("[^"]*"|'[^']*')|\s+/g;

/** Deeper than anyone writes, and far from the end of the stack. */
const deepest = 100;

/** Each method reads what it is named after, and gives undefined when something else is there. */
class Reader {
  readonly #tokens: readonly string[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#next === this.#tokens.length;
  }

  either(): CalicoSelector | undefined {
    const choices = this.#list('||', () => this.#both());
    return choices && ((labels) => choices.some((choice) => choice(labels)));
  }

  #both(): CalicoSelector | undefined {
    const terms = this.#list('&&', () => this.#term());
    return terms && ((labels) => terms.every((term) => term(labels)));
  }

  #list(separator: string, read: () => CalicoSelector | undefined): CalicoSelector[] | undefined {
    const selectors: CalicoSelector[] = [];
    do {
      const next = read();
      if (next === undefined) return undefined;
      selectors.push(next);
    } while (this.#take(separator));
    return selectors;
  }

  #term(): CalicoSelector | undefined {
    if (this.#depth === deepest) return undefined;
    this.#depth += 1;
    const negated = this.#take('!');
    const selector = negated ? this.#term() : this.#operand();
    this.#depth -= 1;
    return selector === undefined || !negated ? selector : (labels) => !selector(labels);
  }

  #operand(): CalicoSelector | undefined {
    if (this.#take('(')) {
      const inner = this.either();
      return this.#take(')') ? inner : undefined;
    }
    const name = this.#word();
    if (name === undefined) return undefined;
    if (!this.#take('(')) return this.#comparison(name);
    const label = this.#take(')') ? undefined : this.#word();
    if (label !== undefined && !this.#take(')')) return undefined;
    if (name === 'has' && label !== undefined) return (labels) => labels.has(label);
    if (name === 'all' && label === undefined) return () => true;
    // What is in no namespace: nodes and sets of addresses, never a pod.
    if (name === 'global' && label === undefined) return () => false;
    return undefined;
  }

  /** The negative operators also select what does not have the label. */
  #comparison(label: string): CalicoSelector | undefined {
    const operator = this.#operator();
    if (operator === 'in' || operator === 'not in') {
      const set = this.#set();
      if (set === undefined) return undefined;
      const isIn = (labels: Labels) => set.includes(labels.get(label));
      return operator === 'in' ? isIn : (labels) => !isIn(labels);
    }
    const operand = this.#quoted();
    const compare = comparisons.get(operator);
    if (operand === undefined || compare === undefined) return undefined;
    return (labels) => compare(labels.get(label), operand);
  }

  #operator(): string {
    const first = this.#tokens[this.#next++] ?? '';
    const second = secondWords.get(first);
    if (second === undefined) return first;
    return this.#take(second) ? `${first} ${second}` : '';
  }

  #set(): (string | undefined)[] | undefined {
    if (!this.#take('{')) return undefined;
    const values: string[] = [];
    do {
      const value = this.#quoted();
      if (value === undefined) break;
      values.push(value);
    } while (this.#take(','));
    return this.#take('}') ? values : undefined;
  }

  #word(): string | undefined {
    const word = this.#tokens[this.#next];
    if (word === undefined || !/^[\w./-]+$/.test(word)) return undefined;
    this.#next += 1;
    return word;
  }

  #quoted(): string | undefined {
    const text = this.#tokens[this.#next];
    if (text === undefined || !/^["']/.test(text)) return undefined;
    this.#next += 1;
    return text.slice(1, -1);
  }

  #take(wanted: string): boolean {
    if (this.#tokens[this.#next] !== wanted) return false;
    this.#next += 1;
    return true;
  }
}

const secondWords: ReadonlyMap<string, string> = new Map([
  ['not', 'in'],
  ['starts', 'with'],
  ['ends', 'with'],
]);

const comparisons: ReadonlyMap<string, (value: string | undefined, operand: string) => boolean> = new Map([
  ['==', (value, operand) => value === operand],
  ['!=', (value, operand) => value !== operand],
  ['contains', (value, operand) => value?.includes(operand) ?? false],
  ['starts with', (value, operand) => value?.startsWith(operand) ?? false],
  ['ends with', (value, operand) => value?.endsWith(operand) ?? false],
]);
