import { Field, isObject } from '../kubernetes/field.ts';
import { baseName, directoryOf, resolveIn } from './path.ts';
import type { SourceFile } from './source-file.ts';

const fileNames = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization']);

/** Whether kustomize would build the directory that this file is in. */
export function isKustomization(path: string): boolean {
  return fileNames.has(baseName(path));
}

/**
 * The files that kustomizations take in, each with the directory of the kustomization, which is itself among them.
 * Directories that they name have a kustomization of their own.
 */
export function findKustomizeParts(kustomizations: Iterable<SourceFile>): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const { path, documents } of kustomizations) {
    const directory = directoryOf(path);
    parts.set(path, directory);
    for (const { value } of documents)
      for (const reference of references(new Field(value))) {
        const file = resolveIn(directory, reference);
        if (file !== undefined && !parts.has(file)) parts.set(file, directory);
      }
  }
  return parts;
}

/** Fields of a kustomization whose items are paths (kubernetes-sigs/kustomize, types.Kustomization). */
const pathLists = [
  'resources',
  'bases',
  'components',
  'crds',
  'configurations',
  'generators',
  'transformers',
  'validators',
  'patchesStrategicMerge',
];

/** Fields whose items have a `path`. */
const pathItems = ['patches', 'patchesJson6902', 'replacements'];

function references(kustomization: Field): string[] {
  const found: string[] = [];
  const add = (field: Field) => {
    // Inline patches are YAML text, not paths.
    if (field.string !== undefined && !/[\n\r]/.test(field.string)) found.push(field.string);
  };
  for (const name of pathLists) kustomization.at(name).items().forEach(add);
  for (const name of pathItems) for (const item of kustomization.at(name).items()) add(item.at('path'));
  for (const name of ['configMapGenerator', 'secretGenerator'])
    for (const generator of kustomization.at(name).items()) {
      for (const source of ['files', 'envs'])
        for (const item of generator.at(source).items()) found.push(withoutKey(item.string));
      add(generator.at('env'));
    }
  for (const chart of kustomization.at('helmCharts').items()) {
    add(chart.at('valuesFile'));
    chart.at('additionalValuesFiles').items().forEach(add);
  }
  add(kustomization.at('openapi', 'path'));
  return isObject(kustomization.value) ? found : [];
}

/** `key=path` and `path` alike. */
function withoutKey(source = ''): string {
  return source.slice(source.indexOf('=') + 1);
}
