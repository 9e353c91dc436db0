import type { SourceDocument, SourceFile } from '../discover/source-file.ts';
import type { Target } from '../discover/target.ts';
import type { Field } from '../kubernetes/field.ts';
import { type KubernetesObject, readObject } from '../kubernetes/object.ts';
import { find, markOf, type Span } from '../yaml/find.ts';
import type { Manifest, Origin } from './manifest.ts';

/** The objects of plain manifests, in the order of files and documents. `kind: List` becomes its items. */
export function renderManifests(target: Target, sources: ReadonlyMap<string, SourceFile>): Manifest[] {
  const manifests: Manifest[] = [];
  for (const path of target.files) {
    const source = sources.get(path);
    for (const document of source?.documents ?? []) {
      if (source === undefined) continue;
      collect(target, source, document, [], document.value, manifests);
    }
  }
  return manifests;
}

/** Lists of lists do not occur; the bound only stops nonsense. */
const maxListDepth = 3;

function collect(
  target: Target,
  source: SourceFile,
  document: SourceDocument,
  path: readonly (string | number)[],
  value: unknown,
  manifests: Manifest[],
): void {
  const object = readObject(value);
  if (object === undefined) return;
  const items = object.root.at('items');
  if (object.kind.endsWith('List') && Array.isArray(items.value) && path.length < 2 * maxListDepth)
    for (const item of items.items())
      collect(target, source, document, [...path, 'items', Number(item.key)], item.value, manifests);
  else manifests.push(plainManifest(target, source, document, path, object));
}

function plainManifest(
  target: Target,
  source: SourceFile,
  document: SourceDocument,
  base: readonly (string | number)[],
  object: KubernetesObject,
): Manifest {
  const origin = ({ start, end }: Span, note?: string): Origin => ({
    file: source.path,
    start,
    end,
    role: 'literal',
    precision: 'exact',
    ...(note === undefined ? {} : { note }),
  });
  return {
    ...object,
    target,
    originsOf(place) {
      const path = [...base, ...pathOf(place)];
      const found = find(document.along(path), path);
      // A value that is an alias itself is written at its anchor.
      const own = found.complete && found.node.type === 'alias' ? found.node : undefined;
      const mark = own === undefined ? found : { ...found, node: own.target, entry: undefined };
      const aliases = own === undefined ? found.aliases : [...found.aliases, own];
      return [
        origin(markOf(mark, source.text)),
        ...aliases.map((alias) => origin(alias, 'used here through an alias')),
      ];
    },
  };
}

function pathOf(place: Field): (string | number)[] {
  const path: (string | number)[] = [];
  for (let field: Field | undefined = place; field?.key !== undefined; field = field.parent)
    path.unshift(field.key);
  return path;
}
