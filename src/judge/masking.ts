import type { LineIndex } from '../files/lines.ts';
import { findCredentials } from '../kubernetes/secret-patterns.ts';
import { findSecrets, type SecretSpan } from '../kubernetes/secret-text.ts';
import type { Sources } from '../render/rendering.ts';
import type { Location } from './report.ts';

/** What stands in messages where a secret stood. */
const hidden = '<hidden>';

/** Keeps what may be a secret out of everything that is shown of files: messages quote values, and lines are printed. */
export class Masking {
  readonly #sources: Sources;
  readonly #secrets = new Map<string, readonly FileSecret[]>();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** A line of a file as it may be printed: as long as it is, with stars in the place of secrets. */
  line(file: string, index: LineIndex, line: number): string {
    const start = index.lineStart(line);
    let text = index.lineText(line);
    const secrets = this.#of(file);
    for (const { isWord, forms } of secrets)
      if (!isWord) for (const form of forms) text = text.replaceAll(form, '*'.repeat(form.length));
    for (const secret of secrets) {
      const from = Math.max(secret.start - start, 0);
      const to = Math.min(secret.end - start, text.length);
      if (from < to) text = text.slice(0, from) + text.slice(from, to).replace(/\S/g, '*') + text.slice(to);
    }
    return text;
  }

  /**
   * A text that may quote values of files, without secrets. Words that might stand there by themselves are left, unless they are
   * the secret at the place that the text is about.
   */
  text(
    text: string,
    files: readonly string[],
    about?: { readonly location: Location; readonly index: LineIndex },
  ): string {
    const secrets = files.flatMap((file) => {
      const [from, to] =
        about?.location.file === file
          ? [about.index.lineStart(about.location.line), about.index.lineStart(about.location.endLine + 1)]
          : [0, 0];
      return this.#of(file).filter(({ start, end, isWord }) => !isWord || (start < to && end > from));
    });
    let masked = text;
    for (const { forms } of secrets) for (const form of forms) masked = without(masked, form);
    for (const { start, end } of findCredentials(masked).reverse())
      masked = `${masked.slice(0, start)}${hidden}${masked.slice(end)}`;
    return masked;
  }

  #of(file: string): readonly FileSecret[] {
    let secrets = this.#secrets.get(file);
    if (secrets === undefined) {
      const { text = '' } = this.#sources.get(file) ?? {};
      secrets = findSecrets(text).map(({ start, end }) => {
        const value = text.slice(start, end);
        return { start, end, isWord: isWord(value), forms: formsOf(value) };
      });
      this.#secrets.set(file, secrets);
    }
    return secrets;
  }
}

interface FileSecret extends SecretSpan {
  /** Whether it may as well be the name of something. */
  readonly isWord: boolean;
  /** How it is written in messages. */
  readonly forms: readonly string[];
}

function isWord(value: string): boolean {
  return value.length < 8 || /^["']?[A-Za-z]+(?:[-._/: ][A-Za-z]*\d{0,4})*["']?$/.test(value);
}

/** Shorter texts are in any message. */
const shortest = 3;

/** Each line of it as it is, as it is in JSON, and in base64. */
function formsOf(value: string): string[] {
  const lines = value.split(/\r?\n|\\n/).map((line) => line.trim().replace(/^["']|["']$/g, ''));
  const forms = lines.flatMap((line) => [line, JSON.stringify(line).slice(1, -1), toBase64(line)]);
  return [...new Set(forms)].filter((form) => form.length >= shortest);
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64').replace(/=+$/, '');
}

/** As much of a secret as tells it from other texts: messages cut long values. */
const telling = 12;

/** A text without a secret, and without the beginning of it. */
function without(text: string, secret: string): string {
  const head = secret.slice(0, telling);
  let masked = text;
  for (let at = masked.indexOf(head); at >= 0; at = masked.indexOf(head, at + hidden.length)) {
    let length = head.length;
    while (length < secret.length && masked[at + length] === secret[length]) length++;
    masked = `${masked.slice(0, at)}${hidden}${masked.slice(at + length)}`;
  }
  return masked;
}
