import type { Span } from '../yaml/find.ts';

/** The `{{ … }}` that an offset of a template lies in or begins; the rest of the line when there is none. */
export function actionAt(text: string, offset: number): Span {
  const start = text.lastIndexOf('{{', offset);
  const end = start < 0 ? undefined : closing(text, start);
  if (end !== undefined && end > offset) return { start, end };
  const lineEnd = text.indexOf('\n', offset);
  return { start: offset, end: lineEnd < 0 ? text.length : lineEnd };
}

/** Where an action ends; its strings and comments may hold braces. */
function closing(text: string, start: number): number | undefined {
  const token = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|\/\*[\s\S]*?\*\/|\}\}/g;
  token.lastIndex = start;
  for (let match = token.exec(text); match !== null; match = token.exec(text))
    if (match[0] === '}}') return token.lastIndex;
  return undefined;
}
