import { didYouMean } from '../../config/did-you-mean.ts';
import type { Target } from '../../discover/target.ts';
import { type Absence, absenceOf } from '../../kubernetes/absence.ts';
import { type ConfigReference, configReferencesOf } from '../../kubernetes/config-reference.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { productsOf } from '../../kubernetes/producers.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import type { Container } from '../../kubernetes/workload.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'references/config-reference-missing',
  severity: 'high',
  kinds: workloads,
  summary: 'ConfigMap, Secret or key that does not exist',
  why: 'A container whose configuration is missing does not start: the pod stays in CreateContainerConfigError or ContainerCreating until somebody looks.',
  remedy:
    'Correct the name or the key, add the object, or mark the reference as optional when the container can do without it.',
  controls: ['nist-800-53/r5:CM-3(2)'],
  bundle: 'QUAL',
  recommended: true,
  since: '0.1.0',
  messages: {
    key: '{object} {name} has no key {key}, which {user} reads.{hint}',
    slip: 'There is no {object} {name}, which {user} needs. Did you mean "{meant}", which is applied with it?',
    otherNamespace: {
      text: '{object} {name}, which {user} needs, is in namespace {namespace}; pods only see those of their own.',
      severity: 'medium',
    },
    configMap: {
      text: 'There is no ConfigMap {name}, which {user} needs: nothing that is applied with it, or else stands in the repository, is it or makes it.',
      severity: 'medium',
    },
    unseen: {
      text: 'No {object} {name}, which {user} needs, was found in the repository. It has to be in the cluster beforehand.',
      severity: 'low',
      recommended: false,
    },
    elsewhere: {
      text: '{object} {name}, which {user} needs, is only in parts of the repository that are not applied with it.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, pod, containers, inventory, report }) {
    if (pod === undefined) return;
    const references = configReferencesOf(pod, containers);
    if (references.length === 0 || isPatch(manifest.target, containers)) return;
    const products = inventory.target.derived(productsOf);
    const { namespace } = manifest;
    const done = new Set<string>();
    for (const { kind, name, place, keys, container, pull } of references) {
      const data = { object: kind, name, user: userOf(container?.name, manifest) };
      const options = container === undefined ? {} : { container };
      const found = products.find(kind, namespace, name);
      const known = keys.length === 0 ? undefined : keysOf(found.map((product) => product.keys));
      for (const key of known === undefined ? [] : keys) {
        const text = key.string;
        if (!text || known?.has(text) || isRepeated(done, `${kind} ${name} ${text}`)) continue;
        if (isTestTarget(manifest.target)) continue;
        const hint = didYouMean(text, [...(known ?? [])]);
        report(key, 'key', { ...data, key: text, hint }, options);
      }
      if (found.length > 0 || isRepeated(done, `${kind} ${name}`)) continue;
      const absence = absenceOf({ kind, name, namespace }, manifest.target, inventory);
      if (absence === undefined || (pull && absence.what !== 'slip')) continue;
      report(place, messageFor(kind, absence), { ...data, ...absence }, options);
    }
  },
});

/** The API refuses containers without an image, so that this is but a patch, and one that no kustomization uses. */
function isPatch({ kind }: Target, containers: readonly Container[]): boolean {
  return kind === 'manifests' && containers.some(({ field }) => !field.at('image').exists);
}

function userOf(container: string | undefined, { kind, name }: KubernetesObject): string {
  return container === undefined ? `${kind} ${name}` : `container ${container}`;
}

/** The keys of an object that several things may make; undefined unless all of them are known. */
function keysOf(each: readonly (ReadonlySet<string> | undefined)[]): ReadonlySet<string> | undefined {
  const all = new Set<string>();
  for (const keys of each) {
    if (keys === undefined) return undefined;
    for (const key of keys) all.add(key);
  }
  return each.length === 0 ? undefined : all;
}

function isRepeated(done: Set<string>, id: string): boolean {
  if (done.has(id)) return true;
  done.add(id);
  return false;
}

/** Secrets are mostly made outside of Git, so that one is missing there says little. */
function messageFor(kind: ConfigReference['kind'], { what }: Absence) {
  if (what === 'missing' || what === 'unseen')
    return kind === 'ConfigMap' && what === 'missing' ? 'configMap' : 'unseen';
  return what === 'otherNamespace' && kind === 'Secret' ? 'unseen' : what;
}
