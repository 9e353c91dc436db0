import { isEncrypted, isInnocent, isPlaceholder, secretNoun, wordsOf } from './secret-context.ts';
import { decodeBase64, entropy, findCredentials } from './secret-patterns.ts';
import { findAssignments } from './secret-text.ts';

/**
 * Whether an entry of a Secret gives its secret away to everyone who can read the repository. That is so unless the
 * value is empty, encrypted, public by nature, or stands for a value that is filled in later.
 *
 * `base64` says that the text is encoded, as under `data`; text that is not base64 is taken as it stands.
 */
export function isExposed(key: string, text: string, base64: boolean): boolean {
  const value = ((base64 ? decodeBase64(text) : undefined) ?? text).trim();
  if (value === '' || isEncrypted(value) || isPublic(key, value)) return false;
  if (isPlaceholder(text.trim()) || isPlaceholder(value)) return false;
  return (
    !isConfiguration(key, value) || findAssignments(value).length > 0 || findCredentials(value).length > 0
  );
}

/**
 * Whether what is called `name` gives a secret away as `value`. A password may be any word; for other secrets the value
 * must look random as well, as `TOKEN` and `SECRET` are often the names of things.
 */
export function isNamedSecret(name: string, value: string): boolean {
  const noun = secretNoun(name);
  if (noun === undefined || isInnocent(value)) return false;
  if (noun !== 'password') return looksRandom(value);
  // The name of a variable that holds it, or a question of the user interface.
  return value.length <= 200 && !/\s/.test(value) && !/^(?:\/|\.\.?\/|file:)/.test(value);
}

/** Whether a value is an address with a password, or a connection string that holds one. */
export function hasPassword(value: string): boolean {
  if (value.length > 4000) return false;
  const secret =
    /^[a-z][a-z\d+.-]{1,20}:\/\/[^\s/:@]*:([^\s/@]+)@/i.exec(value)?.[1] ??
    /(?:^|;)\s*(?:password|pwd)\s*=\s*([^;\s]+)\s*(?:;|$)/i.exec(value)?.[1];
  return secret !== undefined && !isInnocent(secret) && !/[$<{%]/.test(secret);
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
