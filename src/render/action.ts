import type { Span } from '../yaml/find.ts';

/** The `{{ … }}` that an offset of a template lies in or begins; up to the line's end when it is never closed. */
export function actionAt(text: string, offset: number): Span {
  const start = text.startsWith('{{', offset) ? offset : opening(text, offset);
  const token = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|\/\*[\s\S]*?\*\/|\}\}/g;
  token.lastIndex = start;
  for (let match = token.exec(text); match !== null; match = token.exec(text))
    if (match[0] === '}}') return { start, end: token.lastIndex };
  const lineEnd = text.indexOf('\n', start);
  return { start, end: lineEnd < 0 ? text.length : lineEnd };
}

function opening(text: string, offset: number): number {
  const start = text.lastIndexOf('{{', offset);
  return start < 0 || text.slice(start, offset).includes('}}') ? offset : start;
}
