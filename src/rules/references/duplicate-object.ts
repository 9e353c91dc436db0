import { applicationSources, argoApplications, isTemplated } from '../../kubernetes/argo-cd.ts';
import { kustomizationKind, pathInSource } from '../../kubernetes/flux.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'references/duplicate-object',
  severity: 'high',
  kinds: ['*'],
  summary: 'Object is defined twice',
  why: 'The cluster has one object of this name. Both definitions are applied to it, one after the other, and which of them stays depends on the order of files.',
  remedy: 'Remove one of the two, or give it a name or a namespace of its own.',
  controls: ['nist-800-53/r5:CM-2'],
  bundle: 'QUAL',
  recommended: true,
  since: '0.1.0',
  messages: {
    sameFile: '{kind} {name} is defined more than once in this file.',
    otherFile: '{kind} {name} is defined by another file of {target} as well.',
    directory:
      '{kind} {name} is defined by another file of {target} as well, and {applier} applies all of them.',
  },
  check({ manifest, inventory, report }) {
    const { kind, groupKind, namespace, name, target } = manifest;
    if (inventory.target.ofKind(groupKind).length === 1) return;
    const [first] = inventory.target.find(groupKind, namespace, name);
    if (first === manifest || first === undefined || isTestTarget(target)) return;
    const place = manifest.root.at('metadata', 'name');
    if (!place.string) return;
    const data = { kind, name, target: target.name };
    const related = [
      { manifest: first, place: first.root.at('metadata', 'name'), message: 'the first definition' },
    ];
    if (manifest.file === first.file) report(place, 'sameFile', data, { related });
    else if (target.kind !== 'manifests') report(place, 'otherFile', data, { related });
    else {
      // Without it, the files may be alternatives of which one at a time is applied.
      const applier = inventory.repository.derived(appliers).get(target.name);
      if (applier === undefined) return;
      report(place, 'directory', { ...data, applier: `${applier.kind} ${applier.name}` }, { related });
    }
  },
});

/** The objects of Flux and Argo CD that apply all files of a directory, by its path in their repository. */
function appliers(index: ObjectIndex): ReadonlyMap<string, KubernetesObject> {
  const byPath = new Map<string, KubernetesObject>();
  for (const object of index.ofKind(kustomizationKind)) {
    const path = pathInSource(object.root.at('spec'));
    if (path !== undefined) byPath.set(path, object);
  }
  for (const object of index.ofKind(...argoApplications))
    for (const source of applicationSources(object)) {
      const path = source.at('path').string?.replaceAll(/^(?:\.?\/)+|\/+$/g, '');
      if (!path || isTemplated(source.at('path')) || choosesFiles.some((field) => source.at(...field).exists))
        continue;
      byPath.set(path, object);
    }
  return byPath;
}

/** Settings of a source of Argo CD with which not all manifests of the directory are applied. */
const choosesFiles = [['directory', 'include'], ['directory', 'exclude'], ['plugin'], ['helm'], ['chart']];
