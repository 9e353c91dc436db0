import type { Field } from './field.ts';

// Source of this file: kubernetes-sigs/kustomize, types.Kustomization.

/** Lists of a kustomization whose items are files, directories or URLs. */
const sourceLists = [
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

/** Lists whose items have a `path`. */
const itemLists = ['patches', 'patchesJson6902', 'replacements'];

/** The places in lists of a kustomization that may name a file, a directory or a URL, whether something stands there or not. */
export function listedSources(kustomization: Field): Field[] {
  return [
    ...sourceLists.flatMap((list) => kustomization.at(list).items()),
    ...itemLists.flatMap((list) => kustomization.at(list).items()).map((item) => item.at('path')),
  ];
}
