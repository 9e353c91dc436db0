import type { CommentedFile, SourceComment } from './suppress.ts';

/** A comment of YAML or of a template; a line that holds nothing but actions counts, for it prints nothing itself. */
const comment =
  /[ \t]*\{\{-?\s*\/\*([\s\S]*?)\*\/\s*-?\}\}|(?<=^|\s)(#.*)|^[ \t]*(?:\{\{(?:(?!\}\}).)*\}\}[ \t]*)+$/gm;

/**
 * The comments of a template, which is no YAML as long as it is not rendered: those of YAML, and `{{/* … *\/}}` as if
 * they were written with a `#`. Documents begin at the first line with content after a separator. Lines are 1-based.
 */
export function findTemplateComments(text: string): Pick<CommentedFile, 'comments' | 'documents'> {
  const comments: SourceComment[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(comment)) {
    const [whole, inTemplate, inYaml] = match;
    const end = match.index + whole.length;
    line += count(text.slice(counted, end));
    counted = end;
    const lineStart = text.lastIndexOf('\n', Math.max(match.index - 1, 0)) + 1;
    const before = match.index === 0 ? '' : text.slice(lineStart, match.index);
    const after = text.slice(end, newlineAfter(text, end));
    comments.push({
      line,
      text: inTemplate === undefined ? (inYaml ?? '') : `# ${inTemplate.trim()}`,
      ownLine: before.trim() === '' && after.trim() === '',
    });
  }
  const silent = new Set(comments.filter(({ ownLine }) => ownLine).map((each) => each.line));
  return { comments, documents: documentsOf(text.split('\n'), silent) };
}

function documentsOf(lines: readonly string[], silent: ReadonlySet<number>): CommentedFile['documents'] {
  const documents: { first: number; last: number }[] = [];
  let open = true;
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    if (text.startsWith('---')) open = true;
    else if (text.trim() !== '' && !silent.has(line)) {
      const last = documents.at(-1);
      if (open || last === undefined) documents.push({ first: line, last: line });
      else last.last = line;
      open = false;
    }
  }
  return documents;
}

function newlineAfter(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline;
}

function count(text: string): number {
  return text.split('\n').length - 1;
}
