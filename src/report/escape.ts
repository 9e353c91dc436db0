/**
 * Makes text from a repository safe for the surface it goes to. All of it is written by strangers.
 */

/** Characters that steer a terminal, show nothing or reorder the text around them; halves of surrogate pairs. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Replaces control, formatting (bidi, zero-width) and line-breaking characters by escapes such as `\u001b`. */
export function visible(text: string): string {
  return text.replace(invisible, unicodeEscape);
}

/** `\uXXXX` for each UTF-16 unit, as JSON writes it. */
export function unicodeEscape(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/**
 * Text for one line of a terminal or a workflow log. The runner takes a line for a command when it begins with
 * `::` after white space, or has `##[` anywhere (actions/runner, ActionCommand.cs), so neither is left.
 */
export function escapeTerminal(text: string): string {
  return visible(text)
    .replace(/^(\s*):(?=:)/, '$1\\u003a')
    .replaceAll('##[', '#\\u0023[');
}

/**
 * Text for a paragraph, a list item or a table cell of GitHub's Markdown: it can begin no block, no element, no link
 * and no formula. Zero-width spaces keep GitHub from linking mentions, issues, commits and addresses.
 */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .replace(/[@#](?=\w)|:(?=\/\/)|\bwww(?=\.)|\bGH(?=-\d)|[\da-f]{6}(?=[\da-f])/gi, '$&\u200b')
    .replace(/[&<>|\\`*_~[\]]|^[-+=# ]|(?<=^\d+)[.)]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('$', '<span>$</span>');
}

/** Text for the content of an HTML element, or for an attribute in quotes. `##[` is not left: see `escapeTerminal`. */
export function escapeHtml(text: string): string {
  return visible(text)
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('##[', '#&#35;[');
}

/**
 * A name as inline code for GitHub's Markdown, in a table cell too. GitHub links nothing inside code. `##[` is not left
 * as it is: the Markdown may be printed to a workflow log.
 */
export function markdownCode(text: string): string {
  const shown = visible(text);
  const plain = shown.trim() === shown && shown !== '' && !/[`|]|##\[/.test(shown);
  return plain ? `\`${shown}\`` : `<code>${escapeMarkdown(text)}</code>`;
}

/** A Markdown link; `label` is Markdown already. */
export function markdownLink(label: string, url: string): string {
  const safe = percentEncode(url, /[^\w\-.~:/?#@!&*+,;=%]/gu);
  return `[${label}](${safe.replaceAll('&', '&amp;')})`;
}

/** Replaces what `unsafe` (a global, Unicode-aware expression) matches by its UTF-8 bytes as `%XX`. */
export function percentEncode(text: string, unsafe: RegExp): string {
  return text.replace(unsafe, (match) =>
    Array.from(
      new TextEncoder().encode(match),
      (byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`,
    ).join(''),
  );
}

/** At most `length` UTF-16 units, with `…` in place of what is cut off; never half a surrogate pair. */
export function truncate(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
