import { pathOf, type SourceDocument, type SourceFile } from '../discover/source-file.ts';
import type { Target } from '../discover/target.ts';
import { find, markOf, type Span } from '../yaml/find.ts';
import type { YamlNode } from '../yaml/tree.ts';
import type { Manifest, Origin } from './manifest.ts';
import { objectsIn, type PlacedObject } from './objects.ts';

/** The objects of plain manifests, in the order of files and documents. `kind: List` becomes its items. */
export function renderManifests(
  target: Target,
  sources: { get(path: string): SourceFile | undefined },
): Manifest[] {
  const manifests: Manifest[] = [];
  for (const path of target.files) {
    const source = sources.get(path);
    for (const document of source?.documents ?? []) {
      if (source === undefined) continue;
      for (const placed of objectsIn(document.value))
        manifests.push(plainManifest(target, source, document, placed));
    }
  }
  return manifests;
}

/** An object as it stands in a file. */
export function plainManifest(
  target: Target,
  source: SourceFile,
  document: SourceDocument,
  { object, path: base }: PlacedObject,
  role: 'literal' | 'values' = 'literal',
): Manifest {
  const origin = ({ start, end }: Span, note?: string): Origin => ({
    file: source.path,
    start,
    end,
    role,
    precision: 'exact',
    ...(note === undefined ? {} : { note }),
  });
  return {
    ...object,
    target,
    file: source.path,
    originsOf(place, part) {
      const path = [...base, ...pathOf(place)];
      const found = find(document.along(path), path);
      // A value that is an alias itself is written at its anchor.
      const own = found.complete && found.node.type === 'alias' ? found.node : undefined;
      const mark = own === undefined ? found : { ...found, node: own.target, entry: undefined };
      const aliases = own === undefined ? found.aliases : [...found.aliases, own];
      return [
        origin(lineOf(mark.node, part, source.text) ?? markOf(mark, source.text)),
        ...aliases.map((alias) => origin(alias, 'used here through an alias')),
      ];
    },
  };
}

/** Where a part stands in a text of several lines; undefined when that is not the only such place, or the text has one line. */
function lineOf(node: YamlNode, part: string | undefined, text: string): Span | undefined {
  if (part === undefined || node.type !== 'scalar') return undefined;
  if (node.style !== 'literal' && node.style !== 'folded') return undefined;
  const block = text.slice(node.start, node.end);
  const at = block.indexOf(part);
  if (at < 0 || block.indexOf(part, at + 1) >= 0) return undefined;
  return { start: node.start + at, end: node.start + at + part.length };
}
