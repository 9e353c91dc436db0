import type { Field } from '../field.ts';
import { isListFlag } from './flag-checks.ts';
import type { Flag } from './flags.ts';

/** A word of a command line. */
export interface Word {
  readonly text: string;
  readonly place: Field;
  /** Whether the place holds more words than this one. */
  readonly isPart?: true;
}

/**
 * Flags of a command line: `--name=value`, `--name value`, and `--name` alone for true. The last of a name wins; lists
 * are put together, as pflag does.
 */
export function readArguments(words: readonly Word[]): Map<string, Flag> {
  const flags = new Map<string, Flag>();
  for (const [index, { text, place, isPart }] of words.entries()) {
    const match = /^--?([a-z][a-z0-9-]*)(?:=([\s\S]*))?$/i.exec(text);
    if (match === null) continue;
    const [, name = '', inline] = match;
    const next = words[index + 1]?.text;
    const value = inline ?? (next === undefined || next.startsWith('-') ? 'true' : next);
    addFlag(flags, { name, written: `--${name}`, value, place, ...(isPart && { part: text }) });
  }
  return flags;
}

/** Flags as a list of `name=value`, such as `kube-apiserver-arg` of k3s. */
export function readPairs(list: Field): Map<string, Flag> {
  const items = list.string === undefined ? list.items() : [list];
  return readArguments(
    items.flatMap((place) => (place.string === undefined ? [] : [{ text: dashed(place.string), place }])),
  );
}

function dashed(text: string): string {
  return text.startsWith('-') ? text : `--${text}`;
}

/** Flags as a map, or as a list of `name` and `value` (kubeadm v1beta4, Cluster API v1beta2). Lists are joined. */
export function readExtraArgs(field: Field): Map<string, Flag> {
  const flags = new Map<string, Flag>();
  for (const place of field.properties()) addSetting(flags, String(place.key), place);
  for (const item of field.items()) {
    const name = item.at('name').string;
    if (name !== undefined) addSetting(flags, name, item.at('value'));
  }
  return flags;
}

function addSetting(flags: Map<string, Flag>, name: string, place: Field): void {
  const value = settingOf(place);
  if (value !== undefined) addFlag(flags, { name, written: name, value, place });
}

/** A later flag of the same name replaces the first, unless it is a list. */
export function addFlag(flags: Map<string, Flag>, flag: Flag): void {
  const before = flags.get(flag.name);
  const value = before && isListFlag(flag.name) ? `${before.value},${flag.value}` : flag.value;
  flags.set(flag.name, { ...flag, value });
}

/** A setting as the text of a flag: scalars as they are, lists joined by commas, maps as `name=value`. */
export function settingOf(field: Field): string | undefined {
  const { value } = field;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(String).join(',');
  if (!field.exists) return undefined;
  return field
    .properties()
    .map(({ key, value: each }) => `${key}=${String(each)}`)
    .join(',');
}
