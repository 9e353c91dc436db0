import { pathOf, SourceReader } from '../discover/source-file.ts';
import type { OverlayTarget } from '../discover/target.ts';
import { LineIndex } from '../files/lines.ts';
import { type Found, find, markOf, type Span } from '../yaml/find.ts';
import { parseYaml } from '../yaml/parse.ts';
import type { YamlNode } from '../yaml/tree.ts';
import type {
  KustomizeDocument,
  KustomizeLeft,
  KustomizeOrigin,
  KustomizeResponse,
  OriginTable,
} from './engine/protocol.ts';
import { decode } from './helm-output.ts';
import { HelmTrace } from './helm-trace.ts';
import type { Manifest } from './manifest.ts';
import { objectsIn } from './objects.ts';
import { findByText, foundAt, lineInScalar, Places } from './places.ts';
import { inOrder, type Lead } from './primary.ts';
import { mainFile } from './problems.ts';
import type { RenderProblem, Sources } from './rendering.ts';
import { Utf8Offsets } from './utf8.ts';

/**
 * The objects of a built kustomization in the order in which `kubectl kustomize` prints them. What was left out because
 * it would need the network or run a program is a problem of the entry that asks for it.
 */
export function overlayManifests(
  target: OverlayTarget,
  response: KustomizeResponse,
  sources: Sources,
): { manifests: Manifest[]; problems: RenderProblem[] } {
  const trace = new OverlayTrace(response, new Places(sources));
  const reader = new SourceReader();
  const manifests = response.documents.flatMap((printed, index) =>
    reader.read(`${index}`, decode(printed.bytes)).documents.flatMap((document) =>
      objectsIn(document.value).map(({ object, path }): Manifest => {
        let file: string | undefined;
        return {
          ...object,
          target,
          get file() {
            file ??= this.originsOf(object.root)[0]?.file ?? kustomizationFile(target).file;
            return file;
          },
          originsOf(place, part) {
            const way = [...path, ...pathOf(place)];
            const origins = inOrder(trace.leads(document.root, printed, way, part));
            return origins.length > 0 ? origins : [kustomizationFile(target)];
          },
        };
      }),
    ),
  );
  return { manifests, problems: leftProblems(response, sources) };
}

/** What was left out of a build, each at the entry that asks for it. */
export function leftProblems({ left }: KustomizeResponse, sources: Sources): RenderProblem[] {
  const places = new Places(sources);
  return left.map((each) => leftOut(each, places));
}

/** What `kubectl kustomize` prints, to the byte. */
export function kustomizeText({ documents }: KustomizeResponse): string {
  return documents.map(({ bytes }) => decode(bytes)).join('---\n');
}

/** Where to look when nothing is known. */
function kustomizationFile(target: OverlayTarget) {
  return { file: mainFile(target), start: 0, end: 0, role: 'kustomization', precision: 'file' } as const;
}

function leftOut({ file, pointer, kind, text }: KustomizeLeft, places: Places): RenderProblem {
  // A chart that helmCharts does not name is one of a generator's.
  const entry = kind === 'chart' && pointer.length === 0 ? ['generators'] : pointer;
  const found = places.find(file, entry);
  const span = found === undefined ? { start: 0, end: 0 } : markOf(found, places.text(file) ?? '');
  const message = {
    remote: `${text} is not in the repository and was left out. Under "remotes:" the config can name a directory that stands for it.`,
    plugin: `The plugin ${text} is a program, so what it makes was left out.`,
    function: `The function ${text} is a program, so what it makes was left out.`,
    chart: `The chart ${text} is not in the repository and was left out. Vendor it below the kustomization's chartHome to have it checked.`,
  }[kind];
  return { kind: 'left-out', message, file, ...span };
}

/** The origin that brought a chart in; -1 when nothing of it is printed. */
function chartEntry(origins: OriginTable, chart: number): number {
  for (let index = 0; index < origins.length; index++) {
    const origin = origins.at(index);
    if (origin?.role === 'chart' && (origin.chart ?? 0) === chart) return origin.via;
  }
  return -1;
}

/** How many origins may have replaced one another before one field got its value. */
const maxChain = 8;

/** Tells where the fields of a built kustomization come from. */
export class OverlayTrace {
  readonly #response: KustomizeResponse;
  readonly #places: Places;
  readonly #charts: readonly HelmTrace[];
  readonly #outputs = new Map<Uint8Array, { text: string; lines: LineIndex; roots: readonly YamlNode[] }>();
  #indexed: { readonly root: YamlNode; readonly numbers: ReadonlyMap<YamlNode, number> } | undefined;

  constructor(response: KustomizeResponse, places: Places) {
    this.#response = response;
    this.#places = places;
    this.#charts = response.charts.map((chart, index) => {
      // Values that stand in no file are those of the entry of helmCharts.
      const { file, pointer } = this.#origin(chartEntry(response.origins, index)) ?? {};
      return new HelmTrace(chart, places, ({ path }) =>
        file === undefined || pointer === undefined
          ? undefined
          : { file, path: [...pointer, 'valuesInline', ...path] },
      );
    });
  }

  /** All places that a field of a document comes from, in no order. `root` is that of what was printed. */
  leads(
    root: YamlNode,
    { nodes, removed }: KustomizeDocument,
    path: readonly (string | number)[],
    part?: string,
  ): Lead[] {
    const numbers = this.#numbers(root);
    const isThere = find(root, path).complete;
    // What is not there, or has no known origin, is placed at what it would be in.
    for (let length = path.length; length >= 0; length--) {
      const found = find(root, path.slice(0, length));
      if (!found.complete) continue;
      const value = found.node.type === 'alias' ? found.node.target : found.node;
      const number = numbers.get(found.node);
      if (number === undefined) continue;
      const next = path[length];
      const removal = removed.findLast(({ node, key }) => node === number && key === next);
      const remover = removal && this.#origin(removal.origin);
      if (remover !== undefined) return this.#leadsOf(remover, undefined, true);
      const isValue = length === path.length && value.type === 'scalar';
      const own = nodes[2 * number] ?? -1;
      const key = nodes[2 * number + 1] ?? -1;
      const ofKey = this.#origin(key);
      // A map that a patch brought in has its own place; of its key only the step is known.
      const isFromPatch = ofKey?.role === 'kustomization' && this.#origin(own)?.role === 'patch';
      const origin = this.#origin((isValue || isFromPatch) && own >= 0 ? own : key) ?? this.#origin(own);
      if (origin === undefined) continue;
      const printed = !isValue ? found.entry?.name : value.type === 'scalar' ? value.value : undefined;
      const name = isFromPatch && !isValue ? found.entry?.name : undefined;
      const leads = this.#leadsOf(this.#giving(origin, part), printed, length === path.length, part, name);
      // The place of what is around it is not that of a field that is there.
      return isThere && length < path.length
        ? leads.map((lead): Lead => (lead.precision === 'exact' ? { ...lead, precision: 'action' } : lead))
        : leads;
    }
    return [];
  }

  /** The entry beside that of an origin that holds the part in question: `newName` beside `newTag`. */
  #giving(origin: KustomizeOrigin, part: string | undefined): KustomizeOrigin {
    const { role, file, pointer } = origin;
    if (part === undefined || role !== 'kustomization' || file === undefined || pointer === undefined)
      return origin;
    const beside = this.#places.find(file, pointer.slice(0, -1));
    const entries = beside?.complete === true && beside.node.type === 'map' ? beside.node.entries : [];
    const giving = entries.find(({ value }) => value.type === 'scalar' && String(value.value).includes(part));
    return giving === undefined
      ? origin
      : { ...origin, pointer: [...pointer.slice(0, -1), giving.name], line: 0 };
  }

  #leadsOf(
    origin: KustomizeOrigin,
    printed: unknown,
    complete: boolean,
    part?: string,
    name?: string,
  ): Lead[] {
    const leads = this.#placesOf(origin, printed, complete, part, name);
    let via = this.#origin(origin.via);
    for (let count = 0; via !== undefined && count < maxChain; count++) {
      const entry = via.pointer?.map((key) => (/^\d+$/.test(key) ? `[${key}]` : key)).join('');
      const note = entry === undefined ? 'brought in here' : `brought in by ${entry}`;
      leads.push(
        ...this.#placesOf(via, undefined, true).map((lead): Lead => ({ ...lead, part: 'via', note })),
      );
      via = this.#origin(via.via);
    }
    let replaced = this.#origin(origin.replaced);
    for (let count = 0; replaced !== undefined && count < maxChain; count++) {
      const note = replaced.role === 'base' ? 'the base has it here' : 'replaces what is here';
      leads.push(
        ...this.#placesOf(replaced, undefined, true)
          .slice(0, 1)
          .map((lead): Lead => ({ ...lead, part: 'replaced', note })),
      );
      replaced = this.#origin(replaced.replaced);
    }
    let also = this.#origin(origin.also);
    for (let count = 0; also !== undefined && count < maxChain; count++) {
      // What a name was before its prefix is a part of it, too.
      for (
        let part: KustomizeOrigin | undefined = also, deep = 0;
        part !== undefined && deep < maxChain;
        deep++
      ) {
        leads.push(
          ...this.#placesOf(part, undefined, true)
            .slice(0, 1)
            .map((lead): Lead => ({ ...lead, part: 'replaced', note: 'its value comes from here' })),
        );
        part = this.#origin(part.replaced);
      }
      also = this.#origin(also.also);
    }
    return leads;
  }

  #placesOf(
    origin: KustomizeOrigin,
    printed: unknown,
    complete: boolean,
    part?: string,
    name?: string,
  ): Lead[] {
    if (origin.role === 'chart') return this.#chartLeads(origin, complete, part);
    const { file, role } = origin;
    if (file === undefined || file === '') return [];
    const spot = this.#spotOf(origin, file, name);
    const base = { file, role, part: 'written', vendored: false } as const;
    if (spot === undefined) return [{ ...base, start: 0, end: 0, precision: 'file' }];
    const text = this.#places.text(file);
    if (part !== undefined && text !== undefined && text === printed) {
      // A generator took the whole file.
      const start = text.indexOf(part);
      if (start >= 0) return [{ ...base, start, end: start + part.length, precision: 'exact' }];
    }
    const { node, entry } = spot;
    const line = text === undefined ? undefined : lineOfPart(text, node, part);
    if (line !== undefined) return [{ ...base, ...line, precision: origin.exact ? 'exact' : 'action' }];
    // What the engine says is exact must look like it, too.
    const same =
      node === undefined ||
      entry?.name === printed ||
      (node.type === 'scalar' && node.value === printed) ||
      printed === undefined;
    return [{ ...base, ...spot.span, precision: origin.exact && same ? 'exact' : 'action' }];
  }

  /** A place in a file, by line and column, by pointer, or by both when it lies in a text inside the file. */
  #spotOf(
    { role, pointer, inner, op, line = 0, column = 1 }: KustomizeOrigin,
    file: string,
    name: string | undefined,
  ): ({ readonly span: Span } & Partial<Found>) | undefined {
    const places = this.#places;
    const text = places.text(file);
    if (text === undefined) return undefined;
    const outer = pointer === undefined ? undefined : places.find(file, pointer);
    if (inner === true && outer !== undefined) {
      const scalar = outer.node.type === 'alias' ? outer.node.target : outer.node;
      if (scalar.type !== 'scalar' || typeof scalar.value !== 'string')
        return { ...outer, span: markOf(outer, text) };
      const patch = scalar.value;
      const [document] = parseYaml(patch).documents;
      const found =
        document === undefined
          ? undefined
          : op !== undefined && op.length > 0
            ? findByText(document.root, op)
            : line > 0
              ? foundAt(document.root, lineColumn(patch, line, column), name)
              : undefined;
      if (found === undefined) return { ...outer, span: markOf(outer, text) };
      const mark = markOf(found, patch);
      const at = lineInScalar(text, scalar, mark.start);
      if (at === undefined) return { ...found, span: markOf(outer, text), node: outer.node };
      const lineStart = scalar.style === 'literal' ? patch.lastIndexOf('\n', mark.start - 1) + 1 : 0;
      const start = at.span.start + (mark.start - lineStart);
      return { ...found, span: { start, end: Math.min(start + (mark.end - mark.start), at.span.end) } };
    }
    const found =
      op !== undefined && op.length > 0
        ? places.find(file, op)
        : line > 0
          ? places.at(file, places.offsetAt(file, line, column), name)
          : outer;
    // The lines of an env file are no YAML, or one text for YAML.
    const isYaml = found !== undefined && (found.entry !== undefined || found.node.type !== 'scalar');
    const isInEnvFile = role === 'generator' && pointer === undefined && column > 1 && !isYaml;
    if (isInEnvFile) return { span: places.line(file, line) };
    return found === undefined ? undefined : { ...found, span: markOf(found, text) };
  }

  #chartLeads(
    { chart = 0, output = 0, line = 1, column = 1 }: KustomizeOrigin,
    complete: boolean,
    part: string | undefined,
  ): Lead[] {
    const response = this.#response.charts[chart];
    const printed = output < 0 ? response?.crds[-1 - output] : response?.outputs[output];
    const trace = this.#charts[chart];
    if (printed === undefined || trace === undefined) return [];
    const { text, lines, roots } = this.#parsed(printed.bytes);
    const offset = lines.lineStart(line) + new Utf8Offsets(lines.lineText(line)).toUnits(column - 1);
    const root = roots.findLast(({ start }) => start <= offset);
    if (root === undefined) return [];
    const found = foundAt(root, offset);
    return trace.leads({ output: printed, text, start: 0, found: { ...found, complete }, part });
  }

  #parsed(bytes: Uint8Array) {
    let parsed = this.#outputs.get(bytes);
    if (parsed === undefined) {
      const text = decode(bytes);
      const roots = parseYaml(text).documents.map(({ root }) => root);
      parsed = { text, lines: new LineIndex(text), roots };
      this.#outputs.set(bytes, parsed);
    }
    return parsed;
  }

  #origin(index: number): KustomizeOrigin | undefined {
    return index < 0 ? undefined : this.#response.origins.at(index);
  }

  /** The nodes of a document by number, in pre-order without keys; kept for the document that was asked for last. */
  #numbers(root: YamlNode): ReadonlyMap<YamlNode, number> {
    if (this.#indexed?.root !== root) {
      const numbers = new Map<YamlNode, number>();
      const visit = (node: YamlNode): void => {
        numbers.set(node, numbers.size);
        if (node.type === 'map') for (const { value } of node.entries) visit(value);
        else if (node.type === 'seq') for (const item of node.items) visit(item);
      };
      visit(root);
      this.#indexed = { root, numbers };
    }
    return this.#indexed.numbers;
  }
}

/** The line of a text of several lines that holds the part in question. */
function lineOfPart(text: string, node: YamlNode | undefined, part: string | undefined): Span | undefined {
  if (part === undefined || node?.type !== 'scalar' || typeof node.value !== 'string') return undefined;
  const at = node.value.indexOf(part);
  if (at < 0 || !node.value.trim().includes('\n')) return undefined;
  const { span } = lineInScalar(text, node, at) ?? {};
  return (
    span && {
      start: span.start + (text.slice(span.start, span.end).match(/^\s*/)?.[0].length ?? 0),
      end: span.end,
    }
  );
}

/** Offset in units of a 1-based line and a 1-based column in bytes. */
function lineColumn(text: string, line: number, column: number): number {
  const lines = new LineIndex(text);
  return lines.lineStart(line) + new Utf8Offsets(lines.lineText(line)).toUnits(column - 1);
}
