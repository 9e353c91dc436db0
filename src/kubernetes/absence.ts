import type { Inventory, ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { isClusterProvided, productsOf } from './producers.ts';
import { type PolicyRule, policyRulesIn, roleKinds } from './rbac.ts';
import { isControllersName } from './service.ts';
import { isTestTarget } from './test-directory.ts';
import { wordsOf } from './words.ts';

/** An object that another one refers to. */
export interface Wanted {
  /** `Kind.group`. */
  readonly kind: string;
  readonly name: string;
  /** Undefined when it is not known, and for what is in no namespace. */
  readonly namespace: string | undefined;
}

/**
 * What is known of an object that cannot be found, the strongest evidence first:
 * - `slip`: the target has one whose name differs by a slip of the pen;
 * - `otherNamespace`: the target has one of this name, in a namespace from which it does not count;
 * - `elsewhere`: only parts of the repository that are not applied together with the target have it;
 * - `missing`: nothing in the repository has it, and the target has others of its kind in this namespace;
 * - `unseen`: nothing in the repository has it; where such objects come from is not known.
 */
export type Absence =
  | { readonly what: 'slip'; readonly meant: string }
  | { readonly what: 'otherNamespace'; readonly namespace: string }
  | { readonly what: 'elsewhere' | 'missing' | 'unseen' };

/**
 * What is wrong when an object of `target` refers to another one; undefined when that is there, is made by a
 * controller, comes with the cluster, or may come from where nobody can look.
 */
export function absenceOf(
  wanted: Wanted,
  target: { readonly kind: string; readonly name: string },
  inventory: Inventory,
): Absence | undefined {
  const { kind, name, namespace } = wanted;
  const inTarget = inventory.target.derived(productsOf);
  if (inTarget.has(kind, namespace, name)) return undefined;
  if (!isName(name) || isClusterProvided(kind, name)) return undefined;
  if (!inventory.complete || isTestTarget(target)) return undefined;
  const { environment, repository } = inventory;
  const elsewhere = repository.derived(productsOf).find(kind, namespace, name);
  if (elsewhere.some(({ source }) => environment.has(source))) return undefined;
  if (mayBeMade(wanted, inventory)) return undefined;
  const meant = inTarget.slip(kind, namespace, name);
  if (meant !== undefined) return { what: 'slip', meant };
  const other = inTarget.named(kind, name).find((product) => product.namespace !== undefined)?.namespace;
  if (other !== undefined) return { what: 'otherNamespace', namespace: other };
  if (elsewhere.length > 0) return { what: 'elsewhere' };
  return { what: inTarget.hasAny(kind, namespace) ? 'missing' : 'unseen' };
}

/** Names of Kubernetes objects, which no placeholder and no template is; RBAC's may have colons. */
function isName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([a-z0-9.:-]*[a-z0-9])?$/.test(name);
}

/** Whether something in sight may make an object that stands nowhere. */
function mayBeMade(wanted: Wanted, inventory: Inventory): boolean {
  const { kind, name, namespace } = wanted;
  const { target } = inventory;
  // Here run the parts of Kubernetes itself, which are in nobody's repository.
  if (namespace === 'kube-system') return true;
  return (
    mayBeInstalled(namespace, inventory) ||
    isControllersName([name], namespace, inventory) ||
    target.derived(madeByPrograms).has(`${kind} ${name}`) ||
    target.derived(wordsOf).has(name)
  );
}

/** Whether a chart may be installed to a namespace, whose objects nobody sees; to any that the target may be for, when undefined. */
function mayBeInstalled(
  namespace: string | undefined,
  { target, environment, repository }: Inventory,
): boolean {
  // What the repository does not install, no part of it installs.
  if (repository.derived(installations).size === 0) return false;
  const installed = target.derived(installations);
  if (namespace === undefined) return installed.size > 0;
  return installed.has(undefined) || environment.derived(installations).has(namespace);
}

/** `Kind name` of what a role names that also lets programs make such objects, as Argo CD does with its Redis password. */
function madeByPrograms(index: ObjectIndex): ReadonlySet<string> {
  const made = new Set<string>();
  for (const role of index.ofKind(...roleKinds)) {
    const rules = policyRulesIn(role);
    for (const [resource, kind] of programsMake) {
      const about = rules.filter((rule) => has(rule, 'resources', resource));
      if (!about.some((rule) => has(rule, 'verbs', 'create'))) continue;
      for (const rule of about)
        for (const { string } of rule.at('resourceNames').items()) if (string) made.add(`${kind} ${string}`);
    }
  }
  return made;
}

const programsMake = [
  ['secrets', 'Secret'],
  ['configmaps', 'ConfigMap'],
] as const;

function has(rule: PolicyRule, list: string, wanted: string): boolean {
  const values = rule.valueAt(list);
  return Array.isArray(values) && (values.includes(wanted) || values.includes('*'));
}

/** Where kinds from which a controller installs what may be any chart say the namespace. */
const installers = new Map<string, readonly string[]>([
  ['HelmRelease.helm.toolkit.fluxcd.io', ['spec', 'targetNamespace']],
  ['HelmChart.helm.cattle.io', ['spec', 'targetNamespace']],
  ['Application.argoproj.io', ['spec', 'destination', 'namespace']],
  ['ApplicationSet.argoproj.io', ['spec', 'template', 'spec', 'destination', 'namespace']],
]);

/** The namespaces to which the objects of an index install charts; undefined among them when one is not known. */
export function installations(index: ObjectIndex): ReadonlySet<string | undefined> {
  const namespaces = new Set<string | undefined>();
  for (const [kind, path] of installers)
    for (const object of index.ofKind(kind)) {
      if (!bringsUnknown(object)) continue;
      // Argo CD's own objects stand in its namespace, whatever they deploy.
      const own = object.group === 'argoproj.io' ? undefined : object.namespace;
      namespaces.add(object.root.at(...path).string ?? own);
    }
  return namespaces;
}

/** An application of a directory brings in what is a target of its own; one of a chart may bring in anything. */
function bringsUnknown({ kind, root }: KubernetesObject): boolean {
  if (kind !== 'Application') return true;
  const spec = root.at('spec');
  return [spec.at('source'), ...spec.at('sources').items()].some((source) => source.at('chart').exists);
}
