import type { YamlDocument, YamlNode } from '../yaml/tree.ts';

/**
 * Marks of Go templating or Jinja in a text that something else renders before it reaches a cluster. Text inside quotes
 * and blocks does not count: alerts and dashboards hold `{{ }}` of their own.
 */
export function hasTemplating(text: string, documents: readonly YamlDocument[], broken: boolean): boolean {
  if (broken && (action.test(text) || statement.test(text))) return true;
  return text.includes('{{') && documents.some(({ root }) => some(root, isTemplateMap));
}

/**
 * An action of a template with no quote before it on its line. `$labels` and the like are left to alerts, whose text may
 * stand in a block.
 */
const action =
  /^[^"'#\n]*\{\{-?\s*(?:[.(]|\/\*|(?:if|else|end|range|with|define|block|include|template)\b|[A-Za-z_][\w.]*\s*(?:\||-?\}\})|[A-Za-z]+ )/m;

/** A statement of Jinja that has its line to itself. */
const statement = /^[ \t]*\{%[-+]?\s*[a-z]+\b[^\n]*%\}[ \t]*$/m;

/** The first `##NAME##` in the place of a value, which is a comment to YAML; undefined when there is none. */
export function commentedVariable(text: string): string | undefined {
  return text.includes('##') ? /^[ \t]*(?:- )?[\w./-]+:[ \t]+(##\w+##)[ \t]*$/m.exec(text)?.[1] : undefined;
}

/**
 * The first `${NAME}` placeholder in a place where the cluster needs the final value; undefined when there is none.
 * Scripts, commands and data may hold such text as it is.
 */
export function unresolvedVariable(document: YamlDocument): { name: string; start: number } | undefined {
  return variable(document.root);
}

/** `$${` is how Flux writes a `${` that stays. */
const placeholder = /(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?[-=+?][^}]*)?\}/;

/** Fields whose text is handed on as it is, whatever it looks like. */
const freeText = new Set([
  'data',
  'stringData',
  'binaryData',
  'command',
  'args',
  'annotations',
  'description',
  'openAPIV3Schema',
  'script',
]);

function variable(node: YamlNode): { name: string; start: number } | undefined {
  switch (node.type) {
    case 'scalar': {
      if (typeof node.value !== 'string' || node.style === 'literal' || node.style === 'folded')
        return undefined;
      const match = placeholder.exec(node.value);
      return match?.[1] === undefined ? undefined : { name: match[1], start: node.start };
    }
    case 'seq':
      return first(node.items, variable);
    case 'map': {
      // An environment variable's value may refer to others; what fills it in is the shell's affair.
      const environment = node.entries.length === 2 && node.entries.some(({ name }) => name === 'value');
      return first(node.entries, ({ name, value }) =>
        freeText.has(name) || (environment && name === 'value') ? undefined : variable(value),
      );
    }
    case 'alias':
      return undefined;
  }
}

/** `{{ .Values.x }}` without quotes is, to YAML, a map whose only key is a map. */
function isTemplateMap(node: YamlNode): boolean {
  return node.type === 'map' && node.flow && node.entries.some(({ key }) => key.type === 'map' && key.flow);
}

function some(node: YamlNode, test: (node: YamlNode) => boolean): boolean {
  if (test(node)) return true;
  if (node.type === 'seq') return node.items.some((item) => some(item, test));
  return node.type === 'map' && node.entries.some(({ value }) => some(value, test));
}

function first<T, R>(items: readonly T[], get: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const result = get(item);
    if (result !== undefined) return result;
  }
  return undefined;
}
