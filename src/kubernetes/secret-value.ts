import { isEncrypted, isInnocent, isPlaceholder, secretNoun, wordsOf } from './secret-context.ts';
import { decodeBase64, entropy, findCredentials } from './secret-patterns.ts';
import { findAssignments } from './secret-text.ts';

/**
 * What everyone who can read the repository learns from an entry of a Secret, the worst first: a credential of a known
 * form, something random, a word that serves as a password, hashes of passwords, or a text that need not be secret, such
 * as the name of a bucket.
 */
export const exposures = ['credential', 'random', 'word', 'hash', 'text'] as const;

export type Exposure = (typeof exposures)[number];

/**
 * What an entry of a Secret gives away; undefined when its value is empty, encrypted, public by nature, or stands for a
 * value that is filled in later.
 *
 * `base64` says that the text is encoded, as under `data`; text that is not base64 is taken as it stands.
 */
export function exposureOf(key: string, text: string, base64: boolean): Exposure | undefined {
  const value = ((base64 ? decodeBase64(text) : undefined) ?? text).trim();
  if (value === '' || isEncrypted(value) || isPublic(key, value)) return undefined;
  if ([text.trim(), value].some(isPlaceholder) || isStandIn(key, value)) return undefined;
  if (isHashes(value)) return 'hash';
  if (findCredentials(value).length > 0) return 'credential';
  const assigns = findAssignments(value).length > 0;
  if (isConfiguration(key, value)) return assigns ? 'word' : undefined;
  if (looksRandom(value)) return 'random';
  const isSecret = assigns || hasPassword(value) || keyOfSecret.test(wordsOf(key));
  return isSecret || speaksOfSecret.test(value) ? 'word' : 'text';
}

/** Whether an entry of a Secret gives something away, as {@link exposureOf} says. */
export function isExposed(key: string, text: string, base64: boolean): boolean {
  return exposureOf(key, text, base64) !== undefined;
}

/** What keys in a Secret are called that hold a credential; elsewhere such a name says too little. */
const keyOfSecret =
  /pass|pwd|secret|token|credential|license|(?:^|-)(?:auth|keys?|certs?|dsn|connection|webhook|salt|pin|otp|jwt)(?:-|$)|(?:key|jks|p12|pfx|pem|keystore)$/;

/** A script or a settings file, and what is no text, such as a keystore. */
const speaksOfSecret = /passw(?:or)?d|secret|token|credential|identified by|\0/i;

/** Lines of passwords that are hashed (crypt, bcrypt, argon2, Apache), with or without users before them. */
function isHashes(value: string): boolean {
  const hash = /^(?:[^:\s]{1,200}:)?(?:\$(?:1|2[abxy]|5|6|7|y|apr1|argon2(?:i|d|id)|scrypt)\$|\{S?SHA\})\S+$/;
  return value.split(/\s*\n/).every((line) => hash.test(line));
}

/** What people write in the place of a secret. Somebody may have left it there, so that it counts as one in outputs. */
function isStandIn(key: string, value: string): boolean {
  if (value.length > 1000) return false;
  const password = passwordIn(value);
  return (
    sample.test(value) ||
    phrase.test(value) ||
    stump.test(value) ||
    (password !== undefined && isInnocent(password)) ||
    isPlaceholder(decodeBase64(value) ?? '') ||
    // `apiToken: token`; any word may be a password.
    (secretNoun(key) === 'key' && /^[a-z]+$/i.test(value) && wordsOf(key).endsWith(value.toLowerCase()))
  );
}

/** `my-password`, `my_secret_key` */
const sample = /^my[-_ ]?(?:[a-z]{1,10}[-_ ]?)?(?:password|passwd|secret|token|key)$/i;

/** A key in armor that lacks the key. */
const stump = /^-----BEGIN [A-Z0-9 ]{1,40}-----[\s.…*]*-----END [A-Z0-9 ]{1,40}-----$/;

/** `the token of the bot`, in one line. */
const phrase = /^(?=[^\n]*\b(?:password|secret|token|key)\b)[a-z'!,.]+(?: [a-z'!,.]+){2,}$/i;

/**
 * Whether what is called `name` gives a secret away as `value`. A password may be any word; for other secrets the value
 * must look random as well, as `TOKEN` and `SECRET` are often the names of things.
 */
export function isNamedSecret(name: string, value: string): boolean {
  const noun = secretNoun(name);
  if (noun === undefined || isInnocent(value) || isStandIn(name, value)) return false;
  if (noun !== 'password') return looksRandom(value);
  // The name of a variable that holds it, or a question of the user interface.
  return value.length <= 200 && !/\s/.test(value) && !/^(?:\/|\.\.?\/|file:)/.test(value);
}

/** Whether a value is an address with a password, or a connection string that holds one. */
export function hasPassword(value: string): boolean {
  const secret = passwordIn(value);
  return secret !== undefined && !isInnocent(secret) && !/[$<{%]/.test(secret);
}

function passwordIn(value: string): string | undefined {
  if (value.length > 4000 || !/[@=]/.test(value)) return undefined;
  return (
    /^[a-z][a-z\d+.-]{1,20}:\/\/[^\s/:@]*:([^\s/@]+)@/i.exec(value)?.[1] ??
    /(?:^|;)\s*(?:password|pwd)\s*=\s*([^;\s]+)\s*(?:;|$)/i.exec(value)?.[1]
  );
}

/** Long enough, and no words: letters and digits alternate within it as they do not in names of things. */
function looksRandom(value: string): boolean {
  if (value.length < 16 || value.length > 1000 || /[\s,]/.test(value)) return false;
  const runs = value.split(/[^A-Za-z0-9+/=]+/).filter((run) => run.length >= 8);
  const mixed = runs.some(
    (run) => (run.match(/\d[A-Za-z]|[A-Za-z]\d|[a-z][A-Z]{2}|[A-Z]{2}[a-z]{1,2}[A-Z]/g) ?? []).length >= 2,
  );
  return mixed && entropy(value) > 3;
}

/** Whether the value is a whole file of settings, most of which are no secrets. */
function isConfiguration(key: string, value: string): boolean {
  return (
    /\.(?:ya?ml|json|properties|conf|config|cfg|cnf|ini|toml|xml)$/i.test(key) || /^\{[\s\S]*\}$/.test(value)
  );
}

/** Last words of keys whose values identify and do not authenticate, unless they hold a password as URLs can. */
const identifying = new Set([
  'user',
  'username',
  'host',
  'hostname',
  'port',
  'database',
  'dbname',
  'db',
  'type',
  'project',
  'server',
  'endpoint',
  'region',
  'bucket',
  'namespace',
]);

function isPublic(key: string, value: string): boolean {
  const words = wordsOf(key).split('-');
  const isUser = words.slice(-2).join('-') === 'user-name';
  const address = isUser || identifying.has(words.at(-1) ?? '') || key === 'url' || key === 'name';
  if (address && !/:\/\/[^/\s:@]*:[^/\s@]*@/.test(value)) return true;
  if (/^(?:true|false)$/i.test(value)) return true;
  // Addresses of databases and queues; those of the web may be secret themselves.
  if (/^(?!https?:)[a-z][a-z\d+.-]*:\/\/[^@\s]*$/i.test(value)) return true;
  // The path of a file, and a time.
  if (words.at(-1) === 'path' && value.startsWith('/')) return true;
  if (/^\d{4}-\d\d-\d\dT[\d:.+Z-]+$/.test(value)) return true;
  return (
    !value.includes('PRIVATE KEY') &&
    /^(?:-----BEGIN (?:TRUSTED )?(?:CERTIFICATE|PUBLIC KEY|X509 CRL)-----|(?:\S{1,256} )?(?:ssh-(?:rsa|ed25519)|ecdsa-sha2-\S{1,64}) AAAA)/.test(
      value,
    )
  );
}
