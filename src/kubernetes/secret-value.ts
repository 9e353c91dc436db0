/**
 * Whether an entry of a Secret gives its secret away to everyone who can read the repository. That is so unless the
 * value is empty, encrypted, public by nature, or stands for a value that is filled in later.
 *
 * `base64` says that the text is encoded, as under `data`; text that is not base64 is taken as it stands.
 */
export function isExposed(key: string, text: string, base64: boolean): boolean {
  const value = (base64 ? decode(text) : text).trim();
  if (value === '' || encrypted.test(value) || isPublic(key, value)) return false;
  return !isPlaceholder(text.trim()) && !isPlaceholder(value);
}

function decode(text: string): string {
  try {
    return atob(text);
  } catch {
    return text;
  }
}

/** SOPS, age, OpenPGP, Ansible Vault, eyaml, and the transit engine of Vault. */
const encrypted =
  /^(?:ENC\[|age-encryption\.org\/v1|-----BEGIN (?:AGE ENCRYPTED FILE|PGP MESSAGE)-----|\$ANSIBLE_VAULT;|vault:v[0-9]+:)/;

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
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_.]/);
  const address = identifying.has(words.at(-1) ?? '') || key === 'url' || key === 'name';
  if (address && !/:\/\/[^/\s:@]*:[^/\s@]*@/.test(value)) return true;
  if (/^(?:true|false)$/i.test(value)) return true;
  return (
    !value.includes('PRIVATE KEY') &&
    /^(?:-----BEGIN (?:TRUSTED )?(?:CERTIFICATE|PUBLIC KEY|X509 CRL)-----|(?:\S{1,256} )?(?:ssh-(?:rsa|ed25519)|ecdsa-sha2-\S{1,64}) AAAA)/.test(
      value,
    )
  );
}

/** Longer texts are never a mere token or reference. */
const maxPlaceholder = 1000;

function isPlaceholder(value: string): boolean {
  return (
    value.length <= maxPlaceholder &&
    !value.includes('\n') &&
    (token.test(value) || reference.test(value) || filler.test(value) || variable.test(value))
  );
}

/** What envsubst, Flux, Kubernetes, templates, and the Argo CD Vault plugin replace. */
const token =
  /\$\{[^{}]+\}|\$\([^()]+\)|\{\{.+\}\}|<%.+%>|(?:^|:)<[^<>]+>(?:$|@)|^(?:__|@@?|%%?|#\{)[\w.-]+(?:__|@@?|%%?|\}#?)$|^\$[A-Z_][A-Z0-9_]*$/;

/** Where tools such as vals, the Vault webhook or 1Password look the value up. */
const reference =
  /^(?:ref\+|secretref\+|(?:vault|bao):(?!v[0-9]+:)|(?:op|vault|sm|aws-sm|gcp-sm|azurekeyvault|awssm):\/\/|arn:aws:secretsmanager:|projects\/[^/]+\/secrets\/)/;

/** What people write to say that the value is to be put in. */
const filler =
  /^(?:change[-_ ]?(?:me|this)|replace[-_ ]?(?:me|this|with\b.*)|fill[-_ ]?(?:me|in)\b.*|(?:insert|put|enter)[-_ ].*|your[-_ ].*|.*[-_ ](?:goes[-_ ])?here|placeholder|to[-_ ]?do|tbd|dummy|example|redacted|n\/a|none|null|x{3,}|\*{3,}|\.{3,}|-+)[.!]*$/i;

/** The name of a value in its place: `UPDATE_ME`, `DB_PASSWORD`. */
const variable = /^[A-Z]+(?:_[A-Z]+)+$/;
