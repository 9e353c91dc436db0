import { isInnocent, secretNoun, secretWord } from './secret-context.ts';
import { type Credential, findCredentials } from './secret-patterns.ts';

/** A span of a text, in UTF-16 offsets, `end` exclusive. */
export type SecretSpan = Pick<Credential, 'start' | 'end'>;

/**
 * What a text of settings (YAML, JSON, properties, shell, XML, addresses) assigns to names that say it is a secret. The
 * text need not be well-formed.
 */
export function findAssignments(text: string): SecretSpan[] {
  return /[:=<]/.test(text) ? assignmentsIn(text, linesWith(secretWord, text)) : [];
}

/** @param lines those with a word for a secret */
function assignmentsIn(text: string, lines: readonly Line[]): SecretSpan[] {
  const found: SecretSpan[] = [];
  const add = (from: number, spans: Iterable<SecretSpan>) => {
    for (const { start, end } of spans) found.push({ start: from + start, end: from + end });
  };
  for (const { start, line } of lines) add(start, assignedAfter(line, named));
  if (lines.length > 0 && text.includes('value')) add(0, assignedAfter(text, item));
  if (text.includes('</')) add(0, around(text, element));
  for (const { start, line } of linesWith(/:\/\//, text))
    if (line.includes('@')) add(start, around(line, address));
  return found;
}

/** A line of a text, and the offset at which it starts. */
interface Line {
  readonly start: number;
  readonly line: string;
}

/** The lines that have a word; the others, which are most, cost nothing. */
function linesWith(word: RegExp, text: string): Line[] {
  const lines: Line[] = [];
  const next = new RegExp(word, `g${word.flags}`);
  for (let match = next.exec(text); match !== null; match = next.exec(text)) {
    const start = text.lastIndexOf('\n', match.index) + 1;
    const newline = text.indexOf('\n', match.index);
    next.lastIndex = newline < 0 ? text.length : newline;
    lines.push({ start, line: text.slice(start, next.lastIndex) });
  }
  return lines;
}

/** Values that stand after a name; what is taken for one is not looked into. */
function* assignedAfter(text: string, pattern: RegExp): Generator<SecretSpan> {
  // Copies, as they hold where they are in the text.
  const head = new RegExp(pattern);
  const value = new RegExp(afterName);
  for (let match = head.exec(text); match !== null; match = head.exec(text)) {
    if (secretNoun(match.groups?.name ?? '') === undefined) continue;
    value.lastIndex = head.lastIndex;
    const { quoted, single, plain } = value.exec(text)?.groups ?? {};
    const secret = quoted ?? single ?? plain?.trimEnd() ?? '';
    if (isInnocent(secret)) continue;
    const start = head.lastIndex + (plain === undefined ? 1 : 0);
    head.lastIndex = start + secret.length;
    yield { start, end: start + secret.length };
  }
}

/** Values that stand inside a pattern, which may have the name as well. */
function* around(text: string, pattern: RegExp): Generator<SecretSpan> {
  for (const { indices, groups = {} } of text.matchAll(pattern)) {
    const { name, secret = '' } = groups;
    const [start = 0, end = 0] = indices?.groups?.secret ?? [];
    if ((name === undefined || secretNoun(name) !== undefined) && !isInnocent(secret)) yield { start, end };
  }
}

const afterName =
  /"(?<quoted>[^"\n]{1,4000})"|'(?<single>[^'\n]{1,4000})'|(?<plain>(?:\$\{[^}\n]{0,200}\}|[^\s"'#|>&*!{}[\]<])(?:\$\{[^}\n]{0,200}\}|[^\n,;}<]){0,4000})/y;

const named = /(?<![\w.-])(?<name>[A-Za-z_][\w.-]{0,80})["']?[ \t]{0,20}[:=][ \t]{0,20}/g;

/** An item of `env`, of Helm's parameters, and the like. */
const item =
  /\bname["']?:[ \t]{1,5}["']?(?<name>[A-Za-z_][\w.-]{0,80})["']?\s{0,40},?\s{0,40}["']?value["']?:[ \t]{1,5}/g;

const element = /<(?<name>[A-Za-z_][\w.-]{0,80})>(?<secret>[^<>\n]{1,4000})<\//dg;

/** An address with a password. */
const address = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,200}:(?<secret>[^\s/@"']{1,400})@/dgi;

/**
 * Everything in the text of a file that may be a secret, for what must never be printed: more than what rules find fault
 * with. The text need not be well-formed YAML.
 */
export function findSecrets(text: string): SecretSpan[] {
  const lines = linesWith(secretWord, text);
  return [
    ...findCredentials(text),
    ...assignmentsIn(text, lines),
    ...blocks(text, lines),
    ...entriesOfSecrets(text),
    ...generated(text),
  ];
}

/** Keys in armor, whether whole or not, and the texts of block scalars with the name of a secret. */
function blocks(text: string, lines: readonly Line[]): SecretSpan[] {
  const found: SecretSpan[] = [];
  for (const { index, 0: begin } of text.matchAll(
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----/g,
  )) {
    const start = index + begin.length;
    found.push({
      start,
      end: start + (/^[\w+/=:,.\\\s]*/.exec(text.slice(start, start + 20_000))?.[0].length ?? 0),
    });
  }
  let last = 0;
  for (const { start, line } of lines) {
    const { indent = '', name = '' } = blockHead.exec(line)?.groups ?? {};
    if (start < last || secretNoun(name) === undefined) continue;
    const block = indentedFrom(text, start + line.length + 1, indent.length);
    found.push(block);
    last = block.end;
  }
  return found;
}

/** The line before a block scalar. */
const blockHead =
  /^(?<indent>[ \t]*)(?:- )?["']?(?<name>[\w./-]{1,80})["']?:[ \t]*(?:![\w!]+[ \t]*)?[|>][-+\d]*[ \t]*(?:#.*)?\r?$/;

/** The lines from an offset on that are indented by more than `indent` columns. */
function indentedFrom(text: string, start: number, indent: number): SecretSpan {
  let end = start;
  while (end < text.length) {
    const newline = text.indexOf('\n', end);
    const next = newline < 0 ? text.length : newline + 1;
    const line = text.slice(end, next);
    if (line.trim() !== '' && line.search(/\S/) <= indent) break;
    end = next;
  }
  return { start, end };
}

/** The literals from which a kustomization makes Secrets. */
function generated(text: string): SecretSpan[] {
  if (!text.includes('secretGenerator')) return [];
  return Array.from(text.matchAll(/^(?<indent>[ \t]*)secretGenerator:[^\n]*\n/gm)).flatMap(
    ({ index, 0: head, groups }) => {
      const from = index + head.length;
      const { end } = indentedFrom(text, from, (groups?.indent?.length ?? 0) - 1);
      const block = text.slice(from, end);
      const list = /\bliterals:(?<items>[ \t]*\[[^\]]*\]|(?:[ \t]*\n[ \t]*- [^\n]*|\n[ \t]*#[^\n]*)+)/g;
      return Array.from(block.matchAll(list)).flatMap(
        ({ index: at, 0: found, groups: { items = '' } = {} }) =>
          Array.from(items.matchAll(/(?:[\w.-]{1,253}=)?(?<secret>[^\s,[\]"'=-][^\s,[\]"']*)/g)).map(
            (item) => {
              const secret = item.groups?.secret ?? '';
              const start =
                from + at + found.length - items.length + item.index + item[0].lastIndexOf(secret);
              return { start, end: start + secret.length };
            },
          ),
      );
    },
  );
}

/** The values under `data` and `stringData` of Secrets. */
function entriesOfSecrets(text: string): SecretSpan[] {
  const found: SecretSpan[] = [];
  if (!/\bkind["']?:\s{0,5}["']?Secret\b/.test(text)) return found;
  let start = 0;
  for (const document of text.split(/^(?=---)/m)) {
    let last = 0;
    if (/\bkind["']?:\s{0,5}["']?Secret\b/.test(document))
      for (const { index, 0: head, groups } of document.matchAll(
        /(?<=^|[{,])(?<indent>[ \t]*)(?:- )?["']?(?:data|stringData)["']?:[ \t]*/gm,
      )) {
        const from = index + head.length;
        if (from < last) continue;
        const lineEnd = document.slice(from).search(/[\r\n]|$/) + from;
        const isFlow = /\S/.test(document.slice(from, lineEnd).replace(/#.*/, ''));
        const { end } = isFlow
          ? { end: closing(document, from) }
          : indentedFrom(document, lineEnd + 1, groups?.indent?.length ?? 0);
        last = end;
        found.push(
          ...valuesIn(document, from, end).map((each) => ({
            start: start + each.start,
            end: start + each.end,
          })),
        );
      }
    start += document.length;
  }
  return found;
}

/** Where the bracket that is open at an offset closes, without looking at quotes. */
function closing(text: string, from: number): number {
  const end = text.indexOf('}', from);
  return end < 0 ? text.length : end;
}

/** What stands after the keys, and on lines without a key. */
function valuesIn(text: string, from: number, to: number): SecretSpan[] {
  return Array.from(
    text
      .slice(from, to)
      .matchAll(
        /(?:^[ \t]*|[{,]\s*)["']?[\w./-]{1,253}["']?:[ \t]+(?<value>[^\n,}]*[^\s,}])|^[ \t]*(?<rest>[^\n]*[^\s])/gm,
      ),
  ).flatMap(({ index, 0: whole, groups }) => {
    const value = groups?.value ?? groups?.rest ?? '';
    if (value === '' || /^["']?[\w./-]{1,253}["']?:$/.test(value)) return [];
    const start = from + index + whole.lastIndexOf(value);
    return [{ start, end: start + value.length }];
  });
}
