import { type Field, isObject } from './field.ts';

/** Whether a text is what SOPS makes of a value. */
export function isCipherText(text: string): boolean {
  return text.startsWith('ENC[');
}

/** How SOPS chooses what it encrypts in a file (getsops/sops, `Metadata` and `Tree.Encrypt`). */
export interface Selection {
  readonly encryptedSuffix: string | undefined;
  readonly unencryptedSuffix: string | undefined;
  readonly encryptedRegex: RegExp | undefined;
  readonly unencryptedRegex: RegExp | undefined;
  /** False when it chooses by something that cannot be followed here, such as comments. */
  readonly isKnown: boolean;
}

/** Reads the selection of `sops` in a file or of a creation rule in .sops.yaml. */
export function readSelection(place: Field): Selection {
  const encrypted = regexOf(place.at('encrypted_regex'));
  const unencrypted = regexOf(place.at('unencrypted_regex'));
  const encryptedSuffix = place.at('encrypted_suffix').string;
  const unencryptedSuffix = place.at('unencrypted_suffix').string;
  const byComment = ['encrypted_comment_regex', 'unencrypted_comment_regex'].some(
    (key) => place.at(key).exists,
  );
  const none = !encryptedSuffix && !unencryptedSuffix && encrypted === undefined && unencrypted === undefined;
  return {
    encryptedSuffix: encryptedSuffix || undefined,
    // The default of SOPS when nothing else is chosen.
    unencryptedSuffix: unencryptedSuffix || (none ? '_unencrypted' : undefined),
    encryptedRegex: encrypted ?? undefined,
    unencryptedRegex: unencrypted ?? undefined,
    isKnown: !byComment && encrypted !== null && unencrypted !== null,
  };
}

/** A pattern as Go writes it; undefined when there is none, null when it cannot be followed here. */
export function regexOf(place: Field): RegExp | undefined | null {
  const { string } = place;
  if (!string) return undefined;
  // A pattern comes from a stranger: one that may take for ever is not followed.
  if (string.length > 500 || /\)[+*{]/.test(string) || (string.match(/[+*{]/g) ?? []).length > 3) return null;
  try {
    return new RegExp(string.replace(/^\(\?i\)/, ''), string.startsWith('(?i)') ? 'i' : '');
  } catch {
    return null;
  }
}

/** Whether SOPS encrypts what is below these keys. */
export function isSelected(keys: readonly string[], selection: Selection): boolean {
  const { encryptedSuffix, unencryptedSuffix, encryptedRegex, unencryptedRegex } = selection;
  const some = (test: (key: string) => boolean) => keys.some((key) => key.length <= 253 && test(key));
  if (encryptedSuffix !== undefined) return some((key) => key.endsWith(encryptedSuffix));
  if (encryptedRegex !== undefined) return some((key) => encryptedRegex.test(key));
  if (unencryptedRegex !== undefined) return !some((key) => unencryptedRegex.test(key));
  return unencryptedSuffix === undefined || !some((key) => key.endsWith(unencryptedSuffix));
}

/** The recipients of a file or a creation rule, as `age:…`, `pgp:…` or `kms:…`. */
export function recipientsOf(place: Field): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (type: string, value: unknown) => {
    if (typeof value !== 'string') return;
    for (const each of value.split(',')) if (each.trim() !== '') found.add(`${type}:${each.trim()}`);
  };
  for (const group of [place, ...place.at('key_groups').items()])
    for (const [list, type, key] of recipientLists) {
      add(type, group.at(list).string);
      for (const { value } of group.at(list).items()) add(type, isObject(value) ? value[key] : value);
    }
  return found;
}

const recipientLists = [
  ['age', 'age', 'recipient'],
  ['pgp', 'pgp', 'fp'],
  ['kms', 'kms', 'arn'],
] as const;
