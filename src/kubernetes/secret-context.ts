/** What a name says that its value is; undefined when that is no secret, such as the length of a password. */
export function secretNoun(name: string): 'password' | 'key' | undefined {
  if (!secretWord.test(name)) return undefined;
  const words = wordsOf(name.slice(-100)).replace(/\d+$/, '');
  if (/(?:^|-)(?:allow|enable|enabled|disable|require|use|has|is|no|show|reset|public)-/.test(words))
    return undefined;
  if (/(?:^|-|[a-z])(?:password|passwd|passphrase)$|(?:^|-)(?:pwd|pass|requirepass)$/.test(words))
    return 'password';
  if (/(?:^|-)(?:secret|token|api-?key|credentials?)$|(?:secret|client-?secret)$/.test(words)) return 'key';
  return /(?:secret|secret-access|private|encryption|signing|master|shared|account|auth|license|jwt|session)-?key$/.test(
    words,
  )
    ? 'key'
    : undefined;
}

/** What the name of every secret has something of. */
export const secretWord = /pass|pwd|secret|token|key|credential/i;

/** Whether a value cannot be a secret, whatever it is called. */
export function isInnocent(value: string): boolean {
  const text = value.trim();
  return text === '' || isEncrypted(text) || isPlaceholder(text) || harmless.test(text);
}

/** Booleans, numbers that are too short, durations, and addresses without a password. */
const harmless =
  /^(?:true|false|yes|no|on|off|enabled?|disabled?|required|optional|auto|default|always|never|-?\d{1,5}(?:\.\d+)?(?:ms|s|m|h|d)?|\d{4}-\d\d-\d\dT[\d:.+Z-]+|[a-z][a-z\d+.-]*:\/\/(?!\S*:\S+@)\S*)$/i;

/** Whether a value is a cipher text. */
export function isEncrypted(value: string): boolean {
  return encrypted.test(value);
}

/** Words of a key in lower case, with dashes between them. */
export function wordsOf(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[_./ ]/g, '-');
}

/** SOPS, age, OpenPGP, Ansible Vault, eyaml, and the transit engine of Vault. */
const encrypted =
  /^(?:ENC\[|age-encryption\.org\/v1|-----BEGIN (?:AGE ENCRYPTED FILE|PGP MESSAGE)-----|\$ANSIBLE_VAULT;|vault:v[0-9]+:)/;

/** Longer texts are never a mere token or reference. */
const maxPlaceholder = 1000;

/** Whether a value stands for one that is filled in later, or is looked up elsewhere. */
export function isPlaceholder(value: string): boolean {
  return (
    value.length <= maxPlaceholder &&
    !value.includes('\n') &&
    (token.test(value) ||
      reference.test(value) ||
      filler.test(value) ||
      variable.test(value) ||
      /EXAMPLE(?:KEY)?$/.test(value))
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
  /^(?:change[-_ ]?(?:me|this)|replace[-_ ]?(?:me|this|with\b.*)|fill[-_ ]?(?:me|in)\b.*|(?:insert|put|enter)[-_ ].*|your(?:[-_ ].*|[a-z]{0,20}(?:password|passwd|secret|token|key))|.*[-_ ](?:goes[-_ ])?here|placeholder|to[-_ ]?do|tbd|dummy|example|redacted|n\/a|none|null|x{3,}|\*{3,}|\.{3,}|-+)[.!]*$/i;

/** The name of a value in its place: `UPDATE_ME`, `DB_PASSWORD`. */
const variable = /^[A-Z]+(?:_[A-Z]+)+$/;
