import { distance } from 'fastest-levenshtein';
import { escapePointer, isObject } from '../field.ts';

/** One mistake in an object, by its schema. */
export interface SchemaProblem {
  /** JSON pointer of the key or value at fault; for a missing field, where it would stand. */
  readonly pointer: string;
  readonly kind: 'type' | 'required' | 'enum' | 'unknown-field' | 'format' | 'value';
  /** One sentence that names the field and says what is expected. */
  readonly message: string;
  /** Absent when the API server rejects the object; an unknown field it may only drop. */
  readonly severity?: 'medium';
}

/** Property names and 0-based indexes from the object's root. */
export type Path = readonly (string | number)[];

/** As many problems of one object are told; the rest would not be read. */
export const problemLimit = 100;

/**
 * A value that is not what the field takes.
 * @param expected What it takes, with its article: `an integer`.
 * @param secret Whether the value must not be told.
 */
export function mismatch(
  path: Path,
  expected: string,
  value: unknown,
  { kind = 'type', secret = false }: { kind?: 'type' | 'format' | 'value'; secret?: boolean } = {},
): SchemaProblem {
  const found = secret ? typeName(value) : describe(value);
  const hint = kind === 'type' ? quotesHint(expected, value, secret) : '';
  return {
    pointer: pointerOf(path),
    kind,
    message: `${fieldName(path)} must be ${expected}, but is ${found}${hint}.`,
  };
}

/** A required field that is not set; `value` is null when its key stands there without a value. */
export function missing(path: Path, value: unknown): SchemaProblem {
  const state = value === null ? 'empty' : 'missing';
  return {
    pointer: pointerOf(path),
    kind: 'required',
    message: `${fieldName(path)} is required, but is ${state}.`,
  };
}

/** A value that is none of those allowed. */
export function notOneOf(path: Path, allowed: readonly unknown[], value: unknown): SchemaProblem {
  const words = allowed.map((each) => (typeof each === 'string' && each !== '' ? clip(each) : inJson(each)));
  const shown = words.length > 12 ? [...words.slice(0, 10), `${words.length - 10} others`] : words;
  const near = typeof value === 'string' ? nearest(value, words) : undefined;
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return {
    pointer: pointerOf(path),
    kind: 'enum',
    message: `${fieldName(path)} ${inJson(value)} is not one of ${shown.join(', ')}${hint || '.'}`,
  };
}

/** A field that the schema does not have; `hint` is the end of the sentence or empty. */
export function unknownField(path: Path, hint: string): SchemaProblem {
  return {
    pointer: pointerOf(path),
    kind: 'unknown-field',
    severity: 'medium',
    message: `Unknown field ${fieldName(path)}${hint === '' ? '.' : `; ${hint}`}`,
  };
}

/** Any other constraint; `what` completes the sentence that the field begins. */
export function violation(path: Path, what: string): SchemaProblem {
  return { pointer: pointerOf(path), kind: 'value', message: `${fieldName(path)} ${what}.` };
}

/**
 * The known name that was most likely meant: the same but for case and dashes, else few letters away, else the only
 * one that contains the word or is contained in it.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 100) return undefined;
  const plain = flat(word);
  const same = known.find((name) => flat(name) === plain);
  if (same !== undefined) return same;
  const [best] = known
    .map((name) => ({ name, edits: edits(plain, flat(name)) }))
    .filter(({ name, edits }) => edits <= Math.max(1, Math.floor(Math.min(word.length, name.length) / 3)))
    .sort((a, b) => a.edits - b.edits);
  if (best !== undefined) return best.name;
  const parts = known.filter((name) => {
    const other = flat(name);
    return Math.min(other.length, plain.length) >= 4 && (other.includes(plain) || plain.includes(other));
  });
  return parts.length === 1 ? parts[0] : undefined;
}

/** `spec.containers[0].image`; names that are no plain words stand in brackets and quotes; the root has none. */
export function fieldName(path: Path): string {
  const name = path
    .map((key) => {
      if (typeof key === 'number') return `[${key}]`;
      return /^[\w$-]+$/.test(key) ? `.${clip(key)}` : `[${inJson(key)}]`;
    })
    .join('');
  return name.replace(/^\./, '');
}

/** The JSON pointer of a path. */
export function pointerOf(path: Path): string {
  return path.map((key) => `/${escapePointer(key)}`).join('');
}

/** A value in a sentence: `the string "3"`. */
function describe(value: unknown): string {
  return value === null || typeof value === 'object'
    ? typeName(value)
    : `${typeName(value).replace(/^an?/, 'the')} ${inJson(value)}`;
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  return typeof value === 'bigint' ? 'a number' : `a ${typeof value}`;
}

function quotesHint(expected: string, value: unknown, secret: boolean): string {
  if (expected === 'a string' && (typeof value === 'boolean' || isNumber(value))) {
    // How a fraction was written is not known any more: 1.10 is 1.1 here.
    const exact = typeof value !== 'number' || Number.isSafeInteger(value);
    return exact && !secret ? `; quote it: "${value}"` : '; put it in quotes';
  }
  const plain =
    (expected === 'a boolean' && (value === 'true' || value === 'false')) ||
    (/^an? (integer|number)$/.test(expected) && typeof value === 'string' && /^-?\d{1,15}$/.test(value));
  return plain ? '; remove the quotes' : '';
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function inJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(clip(value));
  return isObject(value) || Array.isArray(value) ? typeName(value) : String(value);
}

function clip(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

function flat(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '');
}

/** Levenshtein distance, where two letters in the wrong order count as one edit. */
function edits(a: string, b: string): number {
  const count = distance(a, b);
  const swapped = count === 2 && a.length === b.length && [...a].sort().join() === [...b].sort().join();
  return swapped ? 1 : count;
}
