import { base62, crc32, isBech32 } from './checksum.ts';
import { isObject } from './field.ts';

/** A credential in a text. */
export interface Credential {
  /** What it is, with its article. */
  readonly what: string;
  /** UTF-16 offsets in the text, `end` exclusive. */
  readonly start: number;
  readonly end: number;
}

/** What credentials of one issuer look like. */
interface Format {
  readonly what: string;
  /** Matches the credential alone, or as its group `secret`. */
  readonly pattern: RegExp;
  /** What no pattern can tell: a checksum, or something inside that has to be readable. */
  readonly isReal?: (secret: string) => boolean;
}

/**
 * Credentials that are known by their form alone. Where a format has a checksum or a structure inside, it must be right;
 * where a text is merely of the right length and alphabet, it must be random as well.
 */
const formats: readonly Format[] = [
  {
    what: 'a private key',
    // In JSON the line breaks are escaped.
    pattern:
      /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----)[\s\S]){1,20000}-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g,
    isReal: hasKeyBody,
  },
  {
    what: 'a private key',
    // "-----BEGIN" in base64, as in client-key-data of a kubeconfig.
    pattern: /LS0tLS1CRUdJTi[A-Za-z0-9+/]{40,}={0,2}/g,
    isReal: (text) => findCredentials(decodeBase64(text) ?? '').length > 0,
  },
  { what: 'an age secret key', pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b/g, isReal: isBech32 },
  {
    what: 'a GitHub token',
    // github.blog, 2021-04-05, Behind GitHub's new authentication token formats: 30 characters and their CRC-32 in base 62.
    pattern: /\bgh[opsur]_[A-Za-z0-9]{36}\b/g,
    isReal: (text) => text.slice(-6) === base62(crc32(text.slice(4, -6)), 6),
  },
  {
    what: 'a GitHub token',
    pattern: /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g,
    isReal: isRandom,
  },
  {
    what: 'an npm token',
    // github.blog, 2021-09-23: npm's tokens have the format of GitHub's.
    pattern: /\bnpm_[A-Za-z0-9]{36}\b/g,
    isReal: (text) => text.slice(-6) === base62(crc32(text.slice(4, -6)), 6),
  },
  {
    what: 'a GitLab token',
    pattern: /\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-[A-Za-z0-9_.-]{20,200}/g,
    isReal: isRandom,
  },
  {
    what: 'an AWS secret access key',
    // The key's id, which has a form, near the secret, which has none.
    pattern:
      /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b[\s\S]{1,200}?(?<![A-Za-z0-9+/=])(?<secret>[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/g,
    isReal: isAwsSecret,
  },
  {
    what: 'an AWS secret access key',
    pattern:
      /(?:secret_?access_?key|SecretAccessKey)["']?\s{0,3}[:=]\s{0,3}["']?(?<secret>[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/gi,
    isReal: isAwsSecret,
  },
  { what: 'a Google API key', pattern: /\bAIza[A-Za-z0-9_-]{35}(?![\w-])/g, isReal: isRandom },
  { what: 'a Google OAuth client secret', pattern: /\bGOCSPX-[A-Za-z0-9_-]{28}(?![\w-])/g, isReal: isRandom },
  {
    what: 'an Azure storage key',
    pattern: /\bAccountKey=(?<secret>[A-Za-z0-9+/]{86}==)/g,
    // The published key of the storage emulator.
    isReal: (text) =>
      isRandom(text) && !text.startsWith('Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq'),
  },
  {
    what: 'an Azure access key',
    pattern: /\bSharedAccessKey=(?<secret>[A-Za-z0-9+/]{43}=)/g,
    isReal: isRandom,
  },
  {
    what: 'a Microsoft Entra client secret',
    pattern: /(?<![\w~.-])[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{34}(?![\w~.-])/g,
    isReal: isRandom,
  },
  {
    what: 'a Slack token',
    pattern:
      /\bxox[abeprs]-(?:\d-)?\d{8,14}-[A-Za-z0-9-]{16,200}|\bxapp-\d-[A-Z0-9]{8,14}-\d{8,14}-[a-f0-9]{32,128}\b/g,
    isReal: isRandom,
  },
  {
    what: 'a Slack webhook',
    pattern: /\bhooks\.slack\.com\/services\/T[A-Z0-9]{6,12}\/B[A-Z0-9]{6,12}\/(?<secret>[A-Za-z0-9]{24})\b/g,
    isReal: isRandom,
  },
  {
    what: 'a Discord webhook',
    pattern: /\bdiscord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/(?<secret>[A-Za-z0-9_-]{60,80})/g,
    isReal: isRandom,
  },
  { what: 'a Telegram bot token', pattern: /\b\d{8,10}:AA[A-Za-z0-9_-]{33}(?![\w-])/g, isReal: isRandom },
  { what: 'a Stripe key', pattern: /\b[sr]k_live_[A-Za-z0-9]{24,99}\b/g, isReal: isRandom },
  // The macaroon begins with a version and "pypi.org" or "test.pypi.org".
  { what: 'a PyPI token', pattern: /\bpypi-Ag(?:EIcHlwaS5vcmc|ENdGVzdC5weXBpLm9yZw)[A-Za-z0-9_-]{50,1000}/g },
  { what: 'a Docker Hub token', pattern: /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{27,}/g, isReal: isRandom },
  {
    what: 'a SendGrid key',
    pattern: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![\w-])/g,
    isReal: isRandom,
  },
  { what: 'a DigitalOcean token', pattern: /\bdo[opr]_v1_[a-f0-9]{64}\b/g, isReal: isRandom },
  { what: 'a Vault token', pattern: /\bhv[sbr]\.[A-Za-z0-9_-]{90,300}/g, isReal: isRandom },
  {
    what: 'a Terraform token',
    pattern: /\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,80}/g,
    isReal: isRandom,
  },
  {
    what: 'an OpenAI key',
    pattern: /\bsk-(?:[a-z]{1,10}-)?[A-Za-z0-9_-]{20,80}T3BlbkFJ[A-Za-z0-9_-]{20,80}/g,
  },
  {
    what: 'an Anthropic key',
    pattern: /\bsk-ant-(?:api|admin)\d\d-[A-Za-z0-9_-]{80,120}/g,
    isReal: isRandom,
  },
  { what: 'a Hugging Face token', pattern: /\bhf_[A-Za-z]{34}\b/g, isReal: isRandom },
  { what: 'a Databricks token', pattern: /\bdapi[a-f0-9]{32}(?:-\d)?\b/g, isReal: isRandom },
  { what: 'a Grafana token', pattern: /\bglsa_[A-Za-z0-9]{32}_[a-f0-9]{8}\b/g, isReal: isRandom },
  { what: 'a New Relic key', pattern: /\bNRAK-[A-Z0-9]{27}\b/g, isReal: isRandom },
  { what: 'an Atlassian token', pattern: /\bATATT3[A-Za-z0-9_=-]{150,250}/g, isReal: isRandom },
  {
    what: 'a Tailscale key',
    pattern: /\btskey-(?:auth|api|client)-[A-Za-z0-9]{8,24}-[A-Za-z0-9]{20,40}/g,
    isReal: isRandom,
  },
  { what: 'a Shopify token', pattern: /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/g, isReal: isRandom },
  {
    what: 'a JSON web token',
    pattern: /(?<![\w.-])eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{16,2000}/g,
    isReal: isToken,
  },
  {
    what: 'a registry password',
    pattern: /"auth"\s{0,5}:\s{0,5}"(?<secret>[A-Za-z0-9+/]{6,2000}={0,2})"/g,
    isReal: isUserAndPassword,
  },
];

/** Something of which no text without a credential has anything: most texts need no closer look. */
const hint = new RegExp(
  [
    'PRIVATE KEY',
    'LS0tLS1CRUdJTi',
    'AGE-SECRET-KEY-1',
    '_pat_|gh[opsur]_|npm_|\\bgl[a-z]{2,5}-|glsa_',
    'AKIA|ASIA|[Aa]ccess_?[Kk]ey|ACCESS_?KEY',
    'AIza|GOCSPX-|AccessKey=|AccountKey=|[78]Q~',
    'xox[abeprs]-|xapp-|hooks\\.slack|/webhooks/|:AA',
    '[sr]k_live_|pypi-Ag|dckr_|\\bSG\\.|_v1_|\\bhv[sbr]\\.|atlasv1|sk-',
    'hf_|dapi|NRAK-|ATATT3|tskey-|shp[acps]{2}_|\\.eyJ|"auth"',
  ].join('|'),
);

/** The credentials in a text that are known by their form, in the order in which they begin; none lies in another. */
export function findCredentials(text: string): Credential[] {
  return mayHoldCredential(text) ? credentialsOf(text) : [];
}

/** What credential there is in a setting, as JSON would have it: some formats are told by the name before the value. */
export function credentialIn(name: string, value: string): string | undefined {
  const isLongName = name.length >= shortest && mayHoldCredential(name);
  if (!isLongName && !name.endsWith('auth') && !mayHoldCredential(value)) return undefined;
  return credentialsOf(`"${name}": "${value}"`)[0]?.what;
}

/** UTF-16 units of the shortest credential, which is one of GitLab, but for the password of a registry. */
const shortest = 25;

/** What is no credential as a single word: a key may have a line break after every few characters. */
const inPieces = /PRIVATE KEY|"auth"/;

/** Whether a closer look at a text is worth while: to look at the length of its words takes a fraction of the time. */
function mayHoldCredential(text: string): boolean {
  return hasWordOf(shortest, text) || inPieces.test(text);
}

/** Whether a text has a word, which is all that has no blank in it, of at least so many UTF-16 units. */
function hasWordOf(length: number, text: string): boolean {
  let start = 0;
  while (start + length <= text.length) {
    // Of the next units all are looked at only when they are one word; else it goes on behind their last blank.
    let at = start + length - 1;
    while (at >= start && text.charCodeAt(at) > blank) at--;
    if (at < start) return true;
    start = at + 1;
  }
  return false;
}

/** The space, and above the codes of all line breaks and tabs. */
const blank = 0x20;

function credentialsOf(text: string): Credential[] {
  if (text.length < 20 || !hint.test(text)) return [];
  const found = formats.flatMap(({ what, pattern, isReal }) =>
    Array.from(text.matchAll(pattern)).flatMap((match): Credential[] => {
      const secret = match.groups?.secret ?? match[0];
      if (isExample(secret) || isReal?.(secret) === false) return [];
      const start = match.index + match[0].lastIndexOf(secret);
      return [{ what, start, end: start + secret.length }];
    }),
  );
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return found.filter((each) => {
    if (each.start < end) return false;
    end = each.end;
    return true;
  });
}

/** What documentation writes in the place of a credential. */
function isExample(secret: string): boolean {
  return /EXAMPLE(?:KEY)?$|(.)\1{7}|01234567|12345678|abcdefgh|your|example|dummy|placeholder|redacted/i.test(
    // Keys may have anything in their thousands of characters.
    secret.length > 300 ? '' : secret,
  );
}

/** Whether an armored key has a body: at least 32 bytes in base64 that are not all alike. */
function hasKeyBody(text: string): boolean {
  const body = text
    .replace(/^-----[^-]*-----|-----[^-]*-----$/g, '')
    .replace(/\\[nr]/g, '\n')
    .split('\n')
    .map((line) => line.trim())
    // Headers of encrypted keys, and the checksum of OpenPGP.
    .filter((line) => !/^[\w-]+: |^=[A-Za-z0-9+/]{4}$/.test(line))
    .join('');
  return body.length >= 44 && /^[A-Za-z0-9+/]+={0,2}$/.test(body) && entropy(body) > 3;
}

function isAwsSecret(text: string): boolean {
  // A path, or a hash in hexadecimal digits, has the length by chance.
  return /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text) && entropy(text) > 4;
}

/** Whether header and claims are JSON, and the token is neither unsigned nor meant to be public. */
function isToken(text: string): boolean {
  const [header, claims] = text.split('.').map((part) => json(decodeBase64(part)));
  if (!isObject(header) || !isObject(claims) || typeof header.alg !== 'string') return false;
  // The example of jwt.io, and the keys that Supabase publishes in its clients.
  return header.alg !== 'none' && claims.sub !== '1234567890' && claims.role !== 'anon';
}

/** The `auth` of a registry in Docker's config: base64 of `user:password`. */
function isUserAndPassword(text: string): boolean {
  const [, password] = /^[\x20-\x7e]+?:([\x20-\x7e]+)$/.exec(decodeBase64(text) ?? '') ?? [];
  return (
    password !== undefined && !/^(?:password|pass|secret|token|xxx+|\*+|<.*>|\$.*|\{\{.*)$/i.test(password)
  );
}

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** Text of base64 in its usual or its URL-safe alphabet, by bytes; undefined when it is not that. */
export function decodeBase64(text: string): string | undefined {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return undefined;
  }
}

function isRandom(text: string): boolean {
  return entropy(text) > 3;
}

/** Shannon entropy of a text's characters, in bits a character: about 4 in 20 random letters and digits, 2 to 3 in a word. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
