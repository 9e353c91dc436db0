import { isMap, isScalar, isSeq, parseAllDocuments, parseDocument, type Scalar } from 'yaml';
import { isKustomization } from '../../src/discover/kustomize.ts';
import { baseName, directoryOf, resolveIn } from '../../src/discover/path.ts';
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
const markerText = 'zq7planted';
/** A number that occurs nowhere else, fits a port and a user id, and is not near another one. */
const markerNumber = '47391';

/** Keys whose change breaks how objects find each other, and with it more than one place. */
const structural =
  /^(apiVersion|kind|name|namespace|group|version|alias|condition|repository|path|op|from|target|fieldPath|fieldPaths|select|source|options|create|behavior|type|envs?|files|resources|bases|components|chartHome|releaseName|valuesFile|\$patch)$/;

/** So many lines of a file that is no YAML are tried. */
const mostLines = 5;

/** What can be planted in the files of a chart or an overlay. */
export function plantingsOf(target: Target, read: (file: string) => string): Planting[] {
  const constructOf = target.kind === 'chart' ? inChart(target, read) : inOverlay(target, read);
  return target.files.flatMap((file) => {
    const construct = constructOf(file);
    if (construct === undefined) return [];
    if (isTemplate(file)) return plantTemplate(file, read(file), construct);
    return (/\.ya?ml$/.test(file) && !construct('').endsWith('file')) || isKustomization(file)
      ? plantYaml(file, read(file), construct)
      : plantLines(file, read(file), construct(''));
  });
}

function isTemplate(file: string): boolean {
  return /(^|\/)templates\/.*\.(ya?ml|tpl)$/.test(file);
}

/** Names what is changed, by the keys that lead to it or by the block of a template that it is in. */
type Construct = (inner: string, ...path: string[]) => string;

function inChart(
  { directory, values }: Extract<Target, { kind: 'chart' }>,
  read: (file: string) => string,
): (file: string) => Construct | undefined {
  const at = (name: string) => resolveIn(directory, name) ?? name;
  const entries = dependenciesOf(directory, read);
  return (file) => {
    const name = baseName(file);
    if (/^(Chart|requirements)\.(ya?ml|lock)$|^NOTES\.txt$|^\.helmignore$|^values.*\.json$/.test(name))
      return undefined;
    const inSubchart = file.startsWith(at('charts/'));
    if (/(^|\/)templates\//.test(file))
      return isTemplate(file) ? (block) => (inSubchart ? `subchart's ${block}` : block) : undefined;
    if (/(^|\/)crds\//.test(file)) return () => 'crd';
    if (file === at('values.yaml') || values.some((layer) => layer.file === file))
      return (top) =>
        entries.some(({ alias }) => alias === top)
          ? 'value over an alias'
          : entries.some((each) => each.name === top) || top === 'global'
            ? 'value over a subchart'
            : 'values';
    if (name === 'values.yaml' && inSubchart) return () => "subchart's values";
    return /\.tgz$|values[^/]*\.ya?ml$|\.md$/.test(name) ? undefined : () => 'chart file';
  };
}

function inOverlay(target: Target, read: (file: string) => string): (file: string) => Construct | undefined {
  const patches = new Set<string>();
  const generated = new Set<string>();
  const charts = new Set<string>();
  const components = new Set<string>();
  for (const file of target.files.filter(isKustomization)) {
    const root: Record<string, unknown> = parseDocument(read(file)).toJS() ?? {};
    const directory = directoryOf(file);
    const add = (to: Set<string>, paths: readonly unknown[]) => {
      for (const path of paths) if (typeof path === 'string') to.add(resolveIn(directory, path) ?? path);
    };
    const list = (key: string): Record<string, unknown>[] => (Array.isArray(root[key]) ? root[key] : []);
    add(
      patches,
      [...list('patches'), ...list('patchesJson6902')].map(({ path }) => path),
    );
    add(patches, list('patchesStrategicMerge'));
    for (const each of [...list('configMapGenerator'), ...list('secretGenerator')])
      for (const key of ['files', 'envs'])
        add(
          generated,
          (Array.isArray(each[key]) ? each[key] : []).map((path) => String(path).replace(/^.*=/, '')),
        );
    if (list('helmCharts').length > 0) add(charts, ['charts']);
    if (root.kind === 'Component') components.add(directory);
  }
  return (file) => {
    const inComponent = components.has(directoryOf(file));
    const named = (construct: string) => (inComponent ? `component's ${construct}` : construct);
    if (isKustomization(file)) return (top, ...path) => named(fieldOf(top, path));
    if ([...charts].some((directory) => file.startsWith(`${directory}/`)))
      return /\/templates\//.test(file)
        ? () => 'helmCharts template'
        : file.endsWith('/values.yaml')
          ? () => 'helmCharts default'
          : undefined;
    if (generated.has(file)) return () => named('generator file');
    if (!/\.ya?ml$/.test(file)) return undefined;
    if (patches.has(file))
      return () =>
        named(/^\s*(\[|- op:|- path:|- value:|.*"op")/m.test(read(file)) ? 'op' : 'strategic merge');
    return () => (/values[^/]*\.ya?ml$/.test(file) ? 'helmCharts values' : named('resource'));
  };
}

/** What a field of a kustomization is for. */
function fieldOf(top: string, path: readonly string[]): string {
  if (/^(configMap|secret)Generator$/.test(top)) return 'generator';
  if (top === 'helmCharts') return 'helmCharts values';
  if (top === 'patchesJson6902' || (top === 'patches' && path.includes('op'))) return 'op';
  return top.startsWith('patches') ? 'strategic merge' : top;
}

interface Dependency {
  readonly name: string;
  readonly alias: string | undefined;
  /** Whether it is fetched from elsewhere. */
  readonly isRemote: boolean;
}

function dependenciesOf(directory: string, read: (file: string) => string): Dependency[] {
  return ['Chart.yaml', 'requirements.yaml'].flatMap((name) => {
    let text: string;
    try {
      text = read(resolveIn(directory, name) ?? name);
    } catch {
      return [];
    }
    const list: unknown = parseDocument(text).toJS()?.dependencies;
    return (Array.isArray(list) ? list : []).map((each: Record<string, unknown>) => ({
      name: String(each.name),
      alias: typeof each.alias === 'string' ? each.alias : undefined,
      isRemote: typeof each.repository === 'string' && /^(https?|oci):|^[@]|^alias:/.test(each.repository),
    }));
  });
}

/** Whether a file is of a chart that was fetched from elsewhere, so that nobody should be told to edit it. */
export function isVendored(file: string, read: (file: string) => string): boolean {
  return [...file.matchAll(/(?<=^|\/)charts\/([^/]+)\//g)].some(({ index, 1: name }) =>
    dependenciesOf(index === 0 ? '.' : file.slice(0, index - 1), read).some(
      (each) => each.isRemote && (each.name === name || each.alias === name),
    ),
  );
}

/** Scalars of a YAML file (values, patches, resources, kustomizations), one planting each. */
function plantYaml(file: string, text: string, construct: Construct): Planting[] {
  const plantings: Planting[] = [];
  const visit = (node: unknown, path: readonly string[]): void => {
    const [top = ''] = path;
    if (isMap(node))
      for (const { key, value } of node.items)
        visit(value, [...path, isScalar(key) ? String(key.value) : '']);
    else if (isSeq(node)) for (const item of node.items) visit(item, path);
    else if (isScalar(node) && !structural.test(path.at(-1) ?? '')) {
      const isOp = /^\s*- op:|"op":/m.test(String(node.value));
      const name = construct(top, ...path.slice(1), ...(isOp ? ['op'] : []));
      if (node.type === 'BLOCK_LITERAL') plantings.push(...plantBlock(file, text, node, name));
      else plantings.push(...plantScalar(file, text, node, name));
    }
  };
  for (const document of parseAllDocuments(text)) {
    if ('errors' in document && document.errors.length > 0) return [];
    visit((document as { contents?: unknown }).contents, []);
  }
  return plantings;
}

function plantScalar(
  file: string,
  text: string,
  { value, range, type }: Scalar,
  construct: string,
): Planting[] {
  if (range == null || (type !== 'PLAIN' && type !== 'QUOTE_DOUBLE' && type !== 'QUOTE_SINGLE')) return [];
  const [start, end] = range;
  const written = text.slice(start, end);
  if (written === '' || written.includes('\n')) return [];
  const isNumber = typeof value === 'number' && Number.isInteger(value);
  if (!isNumber && typeof value !== 'string') return [];
  const marker = isNumber ? markerNumber : markerText;
  const quote = type === 'PLAIN' ? '' : type === 'QUOTE_DOUBLE' ? '"' : "'";
  return [
    {
      file,
      line: text.slice(0, start).split('\n').length,
      text: text.slice(0, start) + quote + marker + quote + text.slice(end),
      marker,
      construct,
    },
  ];
}

const literal = /^(\s*(?:- )?([\w./-]+): )("?)([A-Za-z0-9][\w./-]*)\3\s*$/;

/** A line `key: value`, with a mark for the value. */
function plantLine(file: string, lines: readonly string[], index: number, construct: string): Planting[] {
  const [matched, head = '', key = '', quote = '', value = ''] = literal.exec(lines[index] ?? '') ?? [];
  if (matched === undefined || structural.test(key) || /^(true|false|null|yes|no|on|off)$/i.test(value))
    return [];
  const marker = /^\d+$/.test(value) && quote === '' ? markerNumber : markerText;
  const text = lines.with(index, `${head}${quote}${marker}${quote}`).join('\n');
  return [{ file, line: index + 1, text, marker, construct }];
}

/** The lines of a text in a YAML file that look like YAML themselves: inline patches, texts for `tpl`. */
function plantBlock(file: string, text: string, { range }: Scalar, construct: string): Planting[] {
  if (range == null) return [];
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  const lines = text.split('\n');
  const plantings: Planting[] = [];
  for (let index = lineOf(range[0]); index < lineOf(range[1]); index++)
    plantings.push(...plantLine(file, lines, index, construct));
  return plantings;
}

/** Literal values of a Helm template, one planting each. */
function plantTemplate(file: string, text: string, construct: Construct): Planting[] {
  const lines = text.split('\n');
  let comment = false;
  return lines.flatMap((line, index) => {
    if (/\{\{-?\s*\/\*/.test(line)) comment = true;
    const blocks = blocksAt(lines, index);
    const inner = blocks.at(-1)?.word;
    const name = blocks.some(({ word }) => word === 'define')
      ? 'literal in define'
      : inner === undefined
        ? 'template literal'
        : `literal under ${inner}`;
    const plantings = comment ? [] : plantLine(file, lines, index, construct(name));
    if (/\*\/\s*-?\}\}/.test(line)) comment = false;
    return plantings;
  });
}

/** The blocks of a template that are open at a line, outermost first. */
function blocksAt(
  lines: readonly string[],
  index: number,
): { readonly word: string; readonly text: string }[] {
  const open: { word: string; text: string }[] = [];
  for (const [text, word = ''] of lines
    .slice(0, index)
    .join('\n')
    .matchAll(/\{\{-?\s*(if|range|with|define|block|end)\b[\s\S]*?\}\}/g))
    if (word === 'end') open.pop();
    else open.push({ word, text });
  return open;
}

/** How a line of a template reads the values that it prints. */
export function readThrough(template: string, line: number): string {
  const lines = template.split('\n');
  const text = lines[line - 1] ?? '';
  const called = /\.Files|\b(tpl|mergeOverwrite|merge|ternary|printf|toYaml|default|include|template)\b/.exec(
    text,
  )?.[0];
  if (called !== undefined) return called;
  if (/\{\{[^}]*\$\w/.test(text)) return 'variable';
  const scope = blocksAt(lines, line - 1).findLast(({ word }) => word === 'range' || word === 'with');
  return scope !== undefined && !/\.Values\b/.test(text) ? scope.word : 'field';
}

/** Lines of a file that is no YAML, each with a mark for one of its words. */
function plantLines(file: string, text: string, construct: string): Planting[] {
  const lines = text.split('\n');
  return lines
    .flatMap((line, index) => {
      const word = [...line.matchAll(/[a-z]{3,}/g)].at(-1);
      if (word === undefined) return [];
      const changed = line.slice(0, word.index) + markerText + line.slice(word.index + word[0].length);
      return [
        { file, line: index + 1, text: lines.with(index, changed).join('\n'), marker: markerText, construct },
      ];
    })
    .slice(0, mostLines);
}

/** Plantings in a random order in which every construct has its turn. */
export function inTurn(plantings: readonly Planting[], random: (bound: number) => number): Planting[] {
  const constructs = [...new Set(plantings.map(({ construct }) => construct))];
  const queues = constructs.map((name) => plantings.filter(({ construct }) => construct === name));
  const result: Planting[] = [];
  while (result.length < plantings.length)
    for (const queue of queues) if (queue.length > 0) result.push(...queue.splice(random(queue.length), 1));
  return result;
}
