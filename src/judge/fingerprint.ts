import { createHash } from 'node:crypto';
import { escapePointer, isObject, splitPointer } from '../kubernetes/field.ts';
import type { Candidate } from './candidate.ts';

/**
 * Fields that tell the items of a list apart; the first one that an item has is taken. They are the merge keys of
 * the Kubernetes API and the keys of ingress rules. A volume mount is told by its volume, as overlaps need it.
 */
const identifying = ['name', 'containerPort', 'port', 'key', 'topologyKey', 'ip', 'host', 'path'];

/**
 * A JSON pointer that survives re-ordered lists: an index becomes `[name=web]` or another field that identifies the
 * item, `[NET_ADMIN]` for a scalar, or `[#…]`, a hash of the item, where it has neither.
 * @param isSecret whether the text at the place must not be told, not even by its hash: then only names are taken.
 */
export function stablePointer(root: unknown, pointer: string, isSecret = false): string {
  let value = root;
  let stable = '';
  for (const token of splitPointer(pointer)) {
    if (Array.isArray(value)) {
      value = value[Number(token)];
      const isNamed = isObject(value) && typeof value.name === 'string';
      const asIndex = value === undefined || (isSecret && !isNamed);
      stable += `/${escapePointer(asIndex ? token : identify(value))}`;
    } else {
      value = isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
      stable += `/${escapePointer(token)}`;
    }
  }
  return stable;
}

function identify(item: unknown): string {
  if (!isObject(item)) return `[${isShort(item) ? item : hash(item)}]`;
  const field = identifying.find((name) => Object.hasOwn(item, name) && isShort(item[name]));
  return field === undefined ? `[${hash(item)}]` : `[${field}=${item[field]}]`;
}

/** Whether a value can stand in a pointer as it is. */
function isShort(value: unknown): value is string | number | bigint | boolean {
  if (typeof value === 'string') return value.length <= 100;
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}

/** Enough to tell items of one list apart. */
function hash(item: unknown): string {
  let text = '';
  for (const piece of canonicalJson(item)) {
    text += piece;
    // An item may be as large as its file, and there may be many findings in it.
    if (text.length > 4096) break;
  }
  return `#${sha256(text).slice(0, 8)}`;
}

/** The pieces of a value's JSON with sorted keys. */
function* canonicalJson(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    yield '[';
    for (const item of value) yield* canonicalJson(item);
    yield ']';
  } else if (isObject(value)) {
    yield '{';
    for (const key of Object.keys(value).sort()) {
      yield JSON.stringify(key);
      yield* canonicalJson(value[key]);
    }
    yield '}';
  } else {
    yield typeof value === 'bigint' ? `${value},` : `${JSON.stringify(value)},`;
  }
}

/**
 * Identifies a finding over time: 32 hexadecimal digits, from rule, file, object (its group, not its version) and place, so
 * neither moved lines nor re-ordered lists change it. `ordinal` counts, from 0 and in order of lines, the findings
 * that are the same in all of these.
 */
export function fingerprint(candidate: Candidate, ordinal: number): string {
  const { rule, messageId, object, location, place } = candidate;
  const group = object?.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
  const identity = [group, object?.kind, object?.namespace, object?.name, object?.container];
  return sha256(JSON.stringify([rule, messageId, location.file, ...identity, place, ordinal])).slice(0, 32);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
