interface Token {
  readonly type: 'name' | 'literal' | 'symbol';
  readonly text: string;
}

// Source of the grammar: google/cel-spec, doc/langdef.md, with the optional syntax (`.?`, `[?`) that Kubernetes turns on.
const token = new RegExp(
  [
    /(?<space>\s+|\/\/[^\n]*)/,
    /(?<text>[rRbB]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''))/,
    /(?<raw>[bB]?[rR](?:"[^"\n]*"|'[^'\n]*'))/,
    /(?<quoted>[bB]?(?:"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'))/,
    /(?<number>0[xX][\da-fA-F]+[uU]?|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[uU]?)/,
    /(?<name>[_a-zA-Z]\w*|`[^`\n]+`)/,
    /(?<symbol>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()[\]{}])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gy',
);

/** The tokens of an expression; undefined where it has something that is none, such as a string without an end. */
function tokensOf(expression: string): Token[] | undefined {
  const matches = [...expression.matchAll(token)];
  const read = matches.reduce((length, [match]) => length + match.length, 0);
  if (read < expression.length) return undefined;
  return matches.flatMap(({ 0: text, groups = {} }): Token[] => {
    if (groups.space !== undefined) return [];
    if (groups.symbol !== undefined || text === 'in') return [{ type: 'symbol', text }];
    return [{ type: groups.name === undefined ? 'literal' : 'name', text }];
  });
}

const closing = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);
const unary = new Set(['-', '!']);
const binary = new Set([
  '+',
  '-',
  '*',
  '/',
  '%',
  '<',
  '<=',
  '>',
  '>=',
  '==',
  '!=',
  '&&',
  '||',
  'in',
  '?',
  ':',
  ',',
]);

/**
 * What is wrong with the syntax of an expression; undefined when nothing is. It is read as a chain of operands and
 * operators, so that a `?` without its `:`, and the like, is not found.
 */
export function syntaxProblem(text: string): string | undefined {
  const list = tokensOf(text);
  if (list === undefined) return 'it has a character or an open string that CEL does not know';
  const open: string[] = [];
  let needsOperand = true;
  for (const [index, { type, text: now }] of list.entries()) {
    const before = list[index - 1]?.text ?? '';
    if (type !== 'symbol') {
      if (!needsOperand) return `${before} and ${now} stand next to each other`;
      needsOperand = false;
    } else if (closing.has(now)) {
      // After an operand a bracket calls, indexes or fills in a message.
      open.push(now);
      needsOperand = true;
    } else if ([...closing.values()].includes(now)) {
      if (closing.get(open.pop() ?? '') !== now) return `a ${now} closes nothing`;
      const isEmpty = closing.get(before) === now;
      if (needsOperand && !isEmpty && !(before === ',' && now !== ')'))
        return `nothing stands before a ${now}`;
      needsOperand = false;
    } else if (needsOperand) {
      const isOptional =
        now === '?' && (before === '.' || before === '[' || before === '{' || before === ',');
      if (!unary.has(now) && !isOptional && now !== '.') return `nothing stands before ${now}`;
    } else if (now === '.' || binary.has(now)) needsOperand = true;
    else return `${now} is not expected after ${before}`;
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) return `a ${unclosed} is not closed`;
  return needsOperand ? 'it ends too early' : undefined;
}

/** Names that are there in every expression: types, and what functions stand under. */
const builtIn = new Set([
  'true',
  'false',
  'null',
  'bool',
  'bytes',
  'double',
  'dyn',
  'int',
  'list',
  'map',
  'null_type',
  'string',
  'type',
  'uint',
  'google',
  'k8s',
  'kubernetes',
  'Object',
  'JSONPatch',
]);

/**
 * The variables that an expression names and that neither `declared` nor one of its own macros declares, each once.
 * Only for expressions without a syntax problem.
 */
export function unknownVariables(text: string, declared: ReadonlySet<string>): string[] {
  const list = tokensOf(text) ?? [];
  const at = (index: number) => list[index]?.text;
  const bound = new Set<string>();
  const used = new Set<string>();
  for (const [index, { type, text: name }] of list.entries()) {
    if (type !== 'name' || at(index - 1) === '.' || (at(index - 1) === '?' && at(index - 2) === '.'))
      continue;
    const next = at(index + 1);
    // Names of functions and messages, what functions stand under, and keys of messages.
    if (next === '(' || next === '{' || next === ':') continue;
    if (next === '.' && isFunction(list, index)) continue;
    // `items.all(item, …)` and `items.all(index, item, …)`
    const isArgument = (place: number) => at(place) === '(' && list[place - 1]?.type === 'name';
    if (next === ',' && (isArgument(index - 1) || (at(index - 1) === ',' && isArgument(index - 3))))
      bound.add(name);
    used.add(name);
  }
  return [...used].filter((name) => !bound.has(name) && !builtIn.has(name) && !declared.has(name));
}

/** Whether a name and what follows it, such as `math.greatest(`, is that of a function. */
function isFunction(list: readonly Token[], start: number): boolean {
  return (
    list[start + 2]?.type === 'name' &&
    list[start + 3]?.text === '(' &&
    libraries.has(list[start]?.text ?? '')
  );
}

/** What functions of Kubernetes' and CEL's libraries stand under. */
const libraries = new Set([
  'base64',
  'cel',
  'format',
  'ip',
  'jsonpatch',
  'lists',
  'math',
  'optional',
  'regex',
  'sets',
  'strings',
]);

/** The members of `variables` that an expression names, each once. */
export function usedMembers(text: string, variable: string): string[] {
  const list = tokensOf(text) ?? [];
  const members = list.flatMap(({ text: name }, index) => {
    const [dot, member] = [list[index + 1], list[index + 2]];
    const isOwn = list[index - 1]?.text !== '.' && name === variable && dot?.text === '.';
    return isOwn && member?.type === 'name' ? member.text : [];
  });
  return [...new Set(members)];
}
