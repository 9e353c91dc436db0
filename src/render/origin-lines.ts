import type { ChartTarget } from '../discover/target.ts';
import { LineIndex } from '../files/lines.ts';
import { find } from '../yaml/find.ts';
import { parseYaml } from '../yaml/parse.ts';
import type { YamlNode } from '../yaml/tree.ts';
import type { HelmResponse, KustomizeResponse } from './engine/protocol.ts';
import { decode, renderedDocuments } from './helm-output.ts';
import { HelmTrace, inConfig } from './helm-trace.ts';
import { OverlayTrace } from './kustomize.ts';
import type { Manifest, Origin } from './manifest.ts';
import { Places } from './places.ts';
import { inOrder } from './primary.ts';
import type { Sources } from './rendering.ts';

/** A line of what a cluster gets, and the place to edit for its value or, where it has none, for its key. */
export interface OriginLine {
  readonly text: string;
  /** Undefined for lines that only separate documents, and where nothing is known. */
  readonly origin?: Pick<Origin, 'file' | 'role' | 'precision'> & {
    /** 1-based. */
    readonly line: number;
  };
}

/** The lines of a rendered chart, as `helm template --include-crds` prints them. */
export function chartLines(target: ChartTarget, response: HelmResponse, sources: Sources): OriginLine[] {
  const trace = new HelmTrace(response, new Places(sources), inConfig(target.values));
  const lines = new Lines(sources);
  for (const { output, whole, start, text, source } of renderedDocuments(response)) {
    lines.add('---', `# Source: ${output.name}`);
    const [document] = source.documents;
    lines.addText(text, document?.root, (at) =>
      inOrder(
        at.path === undefined || document === undefined
          ? trace.leadsAt(output, whole, start + at.offset)
          : trace.leads({ output, text: whole, start, found: find(document.root, at.path) }),
      ),
    );
  }
  return lines.all;
}

/** The lines of a built kustomization, as `kubectl kustomize` prints them. */
export function overlayLines(response: KustomizeResponse, sources: Sources): OriginLine[] {
  const trace = new OverlayTrace(response, new Places(sources));
  const lines = new Lines(sources);
  for (const [index, document] of response.documents.entries()) {
    if (index > 0) lines.add('---');
    const text = decode(document.bytes);
    const root = parseYaml(text).documents[0]?.root;
    lines.addText(text, root, (at) =>
      root === undefined || at.path === undefined ? [] : inOrder(trace.leads(root, document, at.path)),
    );
  }
  return lines.all;
}

/** The lines of plain manifests, file after file: each is where it is. */
export function plainLines(manifests: readonly Manifest[], sources: Sources): OriginLine[] {
  const files = new Set(manifests.flatMap(({ target }) => target.files));
  return [...files].flatMap((file, index) => {
    const text = sources.get(file)?.text ?? '';
    const separator: OriginLine[] = index === 0 || text.startsWith('---') ? [] : [{ text: '---' }];
    const lines = text.replace(/\r?\n$/, '').split(/\r\n|\n|\r/);
    return [
      ...separator,
      ...lines.map((line, at) => ({
        text: line,
        origin: { file, line: at + 1, role: 'literal', precision: 'exact' } as const,
      })),
    ];
  });
}

/** A line of a document: where its first word begins in the document's text, and the path of that field. */
interface LinePlace {
  readonly offset: number;
  readonly path: readonly (string | number)[] | undefined;
}

class Lines {
  readonly all: OriginLine[] = [];
  readonly #sources: Sources;
  readonly #indexes = new Map<string, LineIndex>();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  add(...texts: readonly string[]): void {
    for (const text of texts) this.all.push({ text });
  }

  addText(
    text: string,
    root: YamlNode | undefined,
    originsOf: (place: LinePlace) => readonly Origin[],
  ): void {
    const index = new LineIndex(text);
    const paths = root === undefined ? new Map<number, Begun>() : pathsByLine(root, index);
    const lines = text.replace(/\n$/, '').split('\n');
    for (const [at, line] of lines.entries()) {
      const begun = paths.get(at + 1);
      const offset = begun?.offset ?? index.lineStart(at + 1) + line.search(/\S|$/);
      const [origin] = line.trim() === '' ? [] : originsOf({ offset, path: begun?.path });
      this.all.push(origin === undefined ? { text: line } : { text: line, origin: this.#lineOf(origin) });
    }
  }

  #lineOf({ file, start, role, precision }: Origin): Required<OriginLine>['origin'] {
    let index = this.#indexes.get(file);
    if (index === undefined) {
      index = new LineIndex(this.#sources.get(file)?.text ?? '');
      this.#indexes.set(file, index);
    }
    return { file, line: index.position(start).line, role, precision };
  }
}

interface Begun {
  readonly offset: number;
  readonly path: readonly (string | number)[];
}

/** For each line on which a key or an item begins, the path of the first one and, of several there, the innermost. */
function pathsByLine(root: YamlNode, index: LineIndex): Map<number, Begun> {
  const lines = new Map<number, Begun>();
  const begin = (offset: number, path: readonly (string | number)[]) => {
    const { line } = index.position(offset);
    const known = lines.get(line);
    if (known === undefined || known.offset === offset) lines.set(line, { offset, path });
  };
  const visit = (node: YamlNode, path: readonly (string | number)[]): void => {
    if (node.type === 'map')
      for (const { name, key, value } of node.entries) {
        begin(key.start, [...path, name]);
        visit(value, [...path, name]);
      }
    else if (node.type === 'seq')
      for (const [i, item] of node.items.entries()) {
        begin(item.start, [...path, i]);
        visit(item, [...path, i]);
      }
  };
  visit(root, []);
  return lines;
}
