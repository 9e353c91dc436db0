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

/** Longer files, in UTF-16 units, are left alone: they are generated and take long to read. */
const mostText = 300_000;

type Read = (file: string) => string;

/** Names what is changed by the keys that lead to it; undefined for what is left alone. */
type Construct = (top: string, path: readonly string[]) => string | undefined;

/** What can be planted in the files of a chart or an overlay. */
export function plantingsOf(target: Target, read: Read): Planting[] {
  const plant = target.kind === 'chart' ? inChart(target, read) : inOverlay(target, read);
  return target.files.flatMap(plant);
}

function inChart(
  { directory, values }: Extract<Target, { kind: 'chart' }>,
  read: Read,
): (file: string) => Planting[] {
  const at = (name: string) => resolveIn(directory, name) ?? name;
  const entries = dependenciesOf(directory, read);
  return (file) => {
    const inSubchart = file.startsWith(at('charts/'));
    const prefix = inSubchart ? "subchart's " : '';
    if (/(^|\/)templates\//.test(file))
      return /\.(ya?ml|tpl)$/.test(file) ? plantTemplate(file, read(file), prefix) : [];
    if (/(^|\/)crds\//.test(file)) return plantYaml(file, read(file), () => `${prefix}crd`);
    if (file === at('Chart.yaml'))
      return plantYaml(file, read(file), (top) => (top === 'appVersion' ? top : undefined));
    if (file === at('values.yaml') || values.some((layer) => layer.file === file))
      return plantYaml(file, read(file), (top) => {
        if (entries.some(({ alias }) => alias === top)) return 'value over an alias';
        return top === 'global' || entries.some(({ name }) => name === top)
          ? 'value over a subchart'
          : 'values';
      });
    if (inSubchart && baseName(file) === 'values.yaml')
      return plantYaml(file, read(file), () => "subchart's values");
    const isOther = /^(Chart|requirements)\.|values|^NOTES\.txt$|^\.helmignore$|\.(md|tgz)$/.test(
      baseName(file),
    );
    return isOther ? [] : plantLines(file, read(file), 'chart file');
  };
}

function inOverlay(target: Target, read: Read): (file: string) => Planting[] {
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
      for (const paths of [each.files, each.envs])
        add(
          generated,
          (Array.isArray(paths) ? paths : []).map((path) => String(path).replace(/^.*=/, '')),
        );
    if (list('helmCharts').length > 0) charts.add(resolveIn(directory, 'charts') ?? '');
    if (root.kind === 'Component') components.add(directory);
  }
  return (file) => {
    const prefix = components.has(directoryOf(file)) ? "component's " : '';
    const text = read(file);
    const yaml = (construct: string) => plantYaml(file, text, () => prefix + construct);
    if (isKustomization(file)) return plantYaml(file, text, (top, path) => prefix + fieldOf(top, path));
    if ([...charts].some((directory) => file.startsWith(`${directory}/`))) {
      if (/\/templates\/.*\.(ya?ml|tpl)$/.test(file)) return plantTemplate(file, text, "helmCharts' ");
      return baseName(file) === 'values.yaml' ? yaml('helmCharts default') : [];
    }
    if (generated.has(file)) return plantLines(file, text, `${prefix}generator file`);
    if (!/\.ya?ml$/.test(file)) return [];
    if (patches.has(file)) return yaml(isOps(text) ? 'op' : 'strategic merge');
    return yaml(/values[^/]*$/.test(baseName(file)) ? 'helmCharts values' : 'resource');
  };
}

function isOps(text: string): boolean {
  return /^\s*-\s+(\{\s*)?"?(op|path|value)"?:/m.test(text);
}

/** What a field of a kustomization is for. */
function fieldOf(top: string, path: readonly string[]): string {
  if (/^(configMap|secret)Generator$/.test(top)) return 'generator';
  if (top === 'helmCharts') return 'helmCharts values';
  if (top === 'patchesJson6902' || (top === 'patches' && path.at(-1) === 'op')) return 'op';
  return top.startsWith('patches') ? 'strategic merge' : top;
}

interface Dependency {
  readonly name: string;
  readonly alias: string | undefined;
  /** Whether it is fetched from elsewhere. */
  readonly isRemote: boolean;
}

function dependenciesOf(directory: string, read: Read): Dependency[] {
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
export function isVendored(file: string, read: Read): boolean {
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
      const name = construct(top, isOps(String(node.value)) ? [...path, 'op'] : path);
      if (name === undefined) return;
      if (node.type === 'BLOCK_LITERAL') plantings.push(...plantBlock(file, text, node, name));
      else plantings.push(...plantScalar(file, text, node, name));
    }
  };
  for (const document of text.length > mostText ? [] : parseAllDocuments(text)) {
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
  // A literal of a generator.
  const key = /^[\w.-]+=/.exec(String(value))?.[0] ?? '';
  const quote = type === 'PLAIN' ? '' : type === 'QUOTE_DOUBLE' ? '"' : "'";
  return [
    {
      file,
      line: text.slice(0, start).split('\n').length,
      get text() {
        return text.slice(0, start) + quote + key + marker + quote + text.slice(end);
      },
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
  return [onLine(file, lines, index, { line: `${head}${quote}${marker}${quote}`, marker, construct })];
}

function onLine(
  file: string,
  lines: readonly string[],
  index: number,
  { line, marker, construct }: { line: string; marker: string; construct: string },
): Planting {
  return {
    file,
    line: index + 1,
    get text() {
      return lines.with(index, line).join('\n');
    },
    marker,
    construct,
  };
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
function plantTemplate(file: string, text: string, prefix: string): Planting[] {
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
    const plantings = comment
      ? []
      : [...plantLine(file, lines, index, prefix + name), ...plantDefault(file, lines, index, prefix)];
    if (/\*\/\s*-?\}\}/.test(line)) comment = false;
    return plantings;
  });
}

/** A mark for what stands in for a value that is not set. */
function plantDefault(file: string, lines: readonly string[], index: number, prefix: string): Planting[] {
  const line = lines[index] ?? '';
  const changed = line.replace(/\bdefault "[a-z][\w.-]*"/, `default "${markerText}"`);
  if (changed === line) return [];
  return [
    onLine(file, lines, index, {
      line: changed,
      marker: markerText,
      construct: `${prefix}literal after default`,
    }),
  ];
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
      return [onLine(file, lines, index, { line: changed, marker: markerText, construct })];
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
