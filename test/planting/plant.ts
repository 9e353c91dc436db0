import { isMap, isScalar, isSeq, parseAllDocuments, type Scalar } from 'yaml';
import type { Target } from '../../src/discover/target.ts';

/** One change to one line of one file of a clean repository: what it puts there shows up in what reaches the cluster. */
export interface Planting {
  readonly file: string;
  /** 1-based line that a person would have to edit to undo it. */
  readonly line: number;
  /** The changed text of the file. */
  readonly text: string;
  /** The text or number that is looked for in the rendered objects. */
  readonly marker: string;
  /** What was changed, for the figures: `template literal`, `values`, `patch` … */
  readonly construct: string;
}

/** Text that occurs nowhere else and is a valid name, label and image tag. */
export const markerText = 'zq7planted';
/** A number that occurs nowhere else, fits a port and a user id, and is not near another one. */
export const markerNumber = '47391';

/** Keys whose change breaks how objects find each other, and with it more than one place. */
const structural =
  /^(apiVersion|kind|name|namespace|group|version|alias|condition|repository|path|op|from|target|fieldPath|fieldPaths|select|source|options|create|behavior|type|envs?|files|resources|bases|components|chartHome|releaseName|valuesFile|\$patch)$/;

/** Scalars of a YAML file (values, patches, resources, kustomizations), one planting each. */
export function plantYaml(file: string, text: string, construct: string): Planting[] {
  const plantings: Planting[] = [];
  const visit = (node: unknown, key: string): void => {
    if (isMap(node))
      for (const { key: name, value } of node.items) visit(value, isScalar(name) ? String(name.value) : '');
    else if (isSeq(node)) for (const item of node.items) visit(item, key);
    else if (isScalar(node) && !structural.test(key)) {
      const planting = plantScalar(file, text, node, construct);
      if (planting !== undefined) plantings.push(planting);
    }
  };
  for (const document of parseAllDocuments(text)) {
    if ('errors' in document && document.errors.length > 0) return [];
    visit((document as { contents?: unknown }).contents, '');
  }
  return plantings;
}

function plantScalar(
  file: string,
  text: string,
  { value, range, type }: Scalar,
  construct: string,
): Planting | undefined {
  if (range == null || (type !== 'PLAIN' && type !== 'QUOTE_DOUBLE' && type !== 'QUOTE_SINGLE'))
    return undefined;
  const [start, end] = range;
  const written = text.slice(start, end);
  if (written === '' || written.includes('\n')) return undefined;
  const marker =
    typeof value === 'number' && Number.isInteger(value)
      ? markerNumber
      : typeof value === 'string'
        ? markerText
        : undefined;
  if (marker === undefined) return undefined;
  const quote = type === 'PLAIN' ? '' : type === 'QUOTE_DOUBLE' ? '"' : "'";
  return {
    file,
    line: text.slice(0, start).split('\n').length,
    text: text.slice(0, start) + quote + marker + quote + text.slice(end),
    marker,
    construct,
  };
}

/** Literal values of a Helm template, one planting each. */
export function plantTemplate(file: string, text: string): Planting[] {
  const lines = text.split('\n');
  const plantings: Planting[] = [];
  const blocks: string[] = [];
  let comment = false;
  lines.forEach((line, index) => {
    for (const [action] of line.matchAll(/\{\{-?\s*(if|range|with|define|block|end|\/\*)?.*?\}\}/g)) {
      const word = /^\{\{-?\s*(\w+|\/\*)/.exec(action)?.[1] ?? '';
      if (['if', 'range', 'with', 'define', 'block'].includes(word)) blocks.push(word);
      else if (word === 'end') blocks.pop();
    }
    if (/\{\{-?\s*\/\*/.test(line)) comment = true;
    const literal = /^(\s*(?:- )?([\w./-]+): )("?)([A-Za-z0-9][\w./-]*)\3\s*$/.exec(line);
    if (!comment && literal !== null && !structural.test(literal[2] ?? '')) {
      const [, head = '', , quote = '', value = ''] = literal;
      if (!/^(true|false|null|yes|no|on|off)$/i.test(value)) {
        const marker = /^\d+$/.test(value) && quote === '' ? markerNumber : markerText;
        const inner = blocks.at(-1);
        plantings.push({
          file,
          line: index + 1,
          text: lines.with(index, `${head}${quote}${marker}${quote}`).join('\n'),
          marker,
          construct: blocks.includes('define')
            ? 'define'
            : inner === undefined
              ? 'template literal'
              : `literal under ${inner}`,
        });
      }
    }
    if (/\*\/\s*-?\}\}/.test(line)) comment = false;
  });
  return plantings;
}

/** What can be planted in a file of a chart or an overlay. */
export function plantsOf(file: string, read: () => string, target: Target): Planting[] {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (/(^|\/)templates\/.*\.(ya?ml|tpl)$/.test(file)) return plantTemplate(file, read());
  if (!/\.ya?ml$/.test(name) && name !== 'Kustomization') return [];
  if (/^(Chart|requirements)\.ya?ml$/.test(name)) return [];
  if (target.kind === 'chart') {
    const own = target.directory === '.' ? 'values.yaml' : `${target.directory}/values.yaml`;
    if (file === own || target.values.some((layer) => layer.file === file))
      return plantYaml(file, read(), 'values');
    return /(^|\/)crds\//.test(file) ? plantYaml(file, read(), 'crd') : [];
  }
  if (/^kustomization\.ya?ml$|^Kustomization$/.test(name)) return plantYaml(file, read(), 'kustomization');
  return plantYaml(file, read(), /patch/i.test(file) ? 'patch' : 'resource');
}
