import { type ErrorCode, parseDocument, visit, type YAMLError } from 'yaml';
import type { YamlProblem } from './tree.ts';

/**
 * A syntax problem in words that a person understands, at the place to look at. The `yaml` package, which knows more
 * about what was meant, is used only here, and this module is loaded only when there is a problem. Problems that the
 * package does not see are returned as they are.
 */
export function explainSyntax(text: string, problem: YamlProblem): YamlProblem {
  if (problem.kind !== 'syntax' || problem.document === undefined) return problem;
  const [from] = problem.document;
  // What comes after the problem was not looked at, and may be nested deeper than the package can bear.
  const lineEnd = text.slice(problem.start).search(/[\r\n]/);
  const to = lineEnd < 0 ? problem.document[1] : Math.min(problem.document[1], problem.start + lineEnd + 1);
  // Larger documents are rare, and the package takes a second per few megabytes.
  if (to - from > 1_000_000) return problem;
  const document = parseDocument(text.slice(from, to), {
    prettyErrors: false,
    version: '1.1',
    uniqueKeys: false,
  });
  const [error] = document.errors;
  if (error === undefined) return problem;
  const { start, end } = problem;
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY') {
    const oneLine = !/[\r\n]/.test(text.slice(from + error.pos[0], start));
    return { ...problem, message: oneLine ? colonInValue : strayIndent, start, end };
  }
  if (error.code === 'MISSING_CHAR' && error.message.includes('quote')) {
    let opening = error.pos[0];
    visit(document, {
      Scalar(_, { type, range }) {
        if (type?.startsWith('QUOTE') && range !== undefined && range !== null) opening = range[0];
      },
    });
    return {
      ...problem,
      message: 'This quoted text is never closed',
      start: from + opening,
      end: from + opening + 1,
    };
  }
  return { ...problem, message: sentence(error), start: from + error.pos[0], end: from + error.pos[1] };
}

const strayIndent = 'This line is indented more than the lines it belongs with';
const colonInValue =
  'A second ": " on the line: put the value in quotes, or the second key on a line of its own';

const sentences: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'A tab indents this line; YAML allows only spaces',
  BAD_INDENT: 'This line is not indented like the lines it belongs with',
  MULTILINE_IMPLICIT_KEY: 'A ":" is missing after this key',
  UNEXPECTED_TOKEN: 'This does not belong here; check the indentation, the quotes and the brackets before it',
  BLOCK_IN_FLOW: 'Inside brackets, items are separated by commas, not by lines and dashes',
};

function sentence(error: YAMLError): string {
  if (error.code === 'BAD_INDENT' && error.message.startsWith('Flow'))
    return `The bracket that was opened before is never closed by ${error.message.slice(-1)}`;
  const known = sentences[error.code];
  if (known !== undefined) return known;
  return error.code === 'BAD_SCALAR_START'
    ? `A value cannot start with ${error.message.slice(-1)}; put it in quotes`
    : error.message;
}
