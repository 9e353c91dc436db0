import { didYouMean } from '../../config/did-you-mean.ts';
import type { Target } from '../../discover/target.ts';
import { type Absence, absenceOf } from '../../kubernetes/absence.ts';
import { type ConfigReference, configReferencesOf } from '../../kubernetes/config-reference.ts';
import { isSet } from '../../kubernetes/field.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { type Product, productsOf } from '../../kubernetes/producers.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import type { Container } from '../../kubernetes/workload.ts';
import { type Context, defineRule, type ReportOptions, workloads } from '../rule.ts';

type Check = Context<'key' | 'slip' | 'otherNamespace' | 'configMap' | 'unseen' | 'elsewhere'>;

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
  check(context) {
    const { manifest, pod, containers, inventory, report } = context;
    if (pod === undefined) return;
    const references = configReferencesOf(pod, containers);
    if (references.length === 0 || isPatch(manifest.target, containers)) return;
    const products = inventory.target.derived(productsOf);
    const { namespace } = manifest;
    const done = new Set<string>();
    for (const reference of references) {
      const { kind, name, place, pull } = reference;
      checkKeys(context, reference, done);
      if (products.has(kind, namespace, name) || isRepeated(done, `${kind} ${name}`)) continue;
      const absence = absenceOf({ kind, name, namespace }, manifest.target, inventory);
      if (absence === undefined || (pull && absence.what !== 'slip')) continue;
      const data = { ...dataOf(reference, manifest), ...absence };
      report(place, messageFor(kind, absence), data, optionsOf(reference));
    }
  },
});

/** @param done what is not to be reported again */
function checkKeys(
  { manifest, inventory, report }: Check,
  reference: ConfigReference,
  done: Set<string>,
): void {
  const { kind, name, keys } = reference;
  if (keys.length === 0) return;
  const found = inventory.target.derived(productsOf).find(kind, manifest.namespace, name);
  const known = keysOf(found);
  if (known === undefined) return;
  for (const key of keys) {
    const text = key.string;
    if (!text || known.has(text) || isRepeated(done, `${kind} ${name} ${text}`)) continue;
    if (isTestTarget(manifest.target)) continue;
    const hint = didYouMean(text, [...known]);
    report(key, 'key', { ...dataOf(reference, manifest), key: text, hint }, optionsOf(reference));
  }
}

function dataOf({ kind, name, container }: ConfigReference, manifest: KubernetesObject) {
  return { object: kind, name, user: userOf(container?.name, manifest) };
}

function optionsOf({ container }: ConfigReference): ReportOptions {
  return container === undefined ? {} : { container };
}

/** The API refuses containers without an image, so that this is but a patch, and one that no kustomization uses. */
function isPatch({ kind }: Target, containers: readonly Container[]): boolean {
  return kind === 'manifests' && containers.some(({ field }) => !isSet(field.valueAt('image')));
}

function userOf(container: string | undefined, { kind, name }: KubernetesObject): string {
  return container === undefined ? `${kind} ${name}` : `container ${container}`;
}

/** The keys of an object that several things may make; undefined unless all of them are known. */
function keysOf(products: readonly Product[]): ReadonlySet<string> | undefined {
  if (products.length === 1) return products[0]?.keys;
  const all = new Set<string>();
  for (const { keys } of products) {
    if (keys === undefined) return undefined;
    for (const key of keys) all.add(key);
  }
  return products.length === 0 ? undefined : all;
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
