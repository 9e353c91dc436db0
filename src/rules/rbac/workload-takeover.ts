import { isTestPath } from '../../discover/test-path.ts';
import { groupBy } from '../../group-by.ts';
import { exposureOf } from '../../kubernetes/exposure.ts';
import type { Field } from '../../kubernetes/field.ts';
import { type Inventory, ObjectIndex } from '../../kubernetes/inventory.ts';
import { boundRole, grantsAnyOf, grantsEverything, membershipsOf, rbacOf } from '../../kubernetes/rbac.ts';
import { type Power, powers, readSecrets } from '../../kubernetes/rbac-rights.ts';
import { labelsAt } from '../../kubernetes/selector.ts';
import {
  type Account,
  accountNameIn,
  accountOfPod,
  findAccount,
  mountsToken,
} from '../../kubernetes/service-account.ts';
import { isTestData } from '../../kubernetes/test-directory.ts';
import type { Manifest } from '../../render/manifest.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'rbac/workload-takeover',
  severity: 'high',
  kinds: workloads,
  summary: 'Whoever takes over the workload takes over the cluster',
  why: 'The token of the ServiceAccount lies in every container. Code that gets in by a mistake of the application uses it as its own.',
  remedy:
    'Take the right from the role, or bind it by a RoleBinding in the namespaces that need it. Run what is open to the outside under another ServiceAccount than what manages the cluster.',
  controls: [
    'mitre:T1528',
    'mitre:T1611',
    'ms-ta:TA9016',
    'owasp-k8s/2025:K08',
    'kubescape:C-0267',
    'kubescape:C-0272',
  ],
  bundle: 'IAM',
  recommended: false,
  since: '0.1.0',
  messages: {
    inside: '{kind} {name} runs as ServiceAccount {account}, which can {power} in the whole cluster.',
    exposed: {
      text: '{kind} {name} is open to the outside through {route}, and runs as ServiceAccount {account}, which can {power} in the whole cluster.',
      severity: 'critical',
      recommended: true,
    },
  },
  check({ manifest, pod, inventory: around, kubernetesMinor, report }) {
    // No account mounts what the pod itself declines.
    if (pod === undefined || !mountsToken(pod, undefined)) return;
    const account = accountOfPod(pod, manifest.namespace);
    // What the repository does not bind, no part of it binds.
    const bindings = around.repository.derived(rbacOf).membershipsOf(account);
    if (!bindings.some(({ binding }) => binding.kind === 'ClusterRoleBinding')) return;
    const { target } = manifest;
    // Nobody installs a chart with the values that it is tested with.
    const isTest = target.kind === 'chart' && target.values.some(({ file }) => isTestPath(file ?? ''));
    if (isTest || isTestData(target)) return;
    const inventory = togetherWith(manifest, around);
    const object = findAccount(account, inventory);
    if (!mountsToken(pod, object)) return;
    // Many workloads may run as one account.
    const chains = inventory.target.derived(chainsByAccount);
    const key = `${account.namespace}/${account.name}`;
    const chain = chains.get(key) ?? chainOf(account, inventory, powers(kubernetesMinor));
    chains.set(key, chain);
    if (chain === 'none') return;
    const place = accountNameIn(pod.spec);
    const route = inventory.target
      .derived(exposureOf)
      .of(labelsAt(pod.metadata.at('labels')), manifest.namespace);
    const { kind, name } = manifest;
    const data = { kind, name, account: account.name, power: chain.power };
    const related = [...(object === undefined ? [] : [link(object, 'the ServiceAccount')]), ...chain.links];
    if (route === undefined) report(place, 'inside', data, { related });
    else
      report(
        place,
        'exposed',
        { ...data, route: `${route.kind} ${route.name}` },
        { related: [link(route, 'open to the outside here'), ...related] },
      );
  },
});

interface Chain {
  /** What the last link gives. */
  readonly power: string;
  /** The binding, the role and the policy rule. */
  readonly links: readonly { readonly manifest: Manifest; readonly place: Field; readonly message: string }[];
}

/** Where to look for what belongs to a workload: its file alone when others hold the same workload, as instead of it. */
function togetherWith(manifest: Manifest, inventory: Inventory<Manifest>): Inventory<Manifest> {
  const { target, repository, complete, environmentName } = inventory;
  if (target.find(manifest.groupKind, manifest.namespace, manifest.name).length < 2) return inventory;
  const file = target.derived(byFile).get(manifest.file) ?? target;
  return { target: file, environment: file, repository, complete, environmentName };
}

function byFile(index: ObjectIndex<Manifest>): ReadonlyMap<string, ObjectIndex<Manifest>> {
  const files = [...groupBy(index.all, ({ file }) => file)];
  return new Map(files.map(([file, objects]) => [file, new ObjectIndex(objects)]));
}

/** The chains that were followed so far in a target. */
function chainsByAccount(): Map<string, Chain | 'none'> {
  return new Map();
}

/** The way from a ServiceAccount to the worst of what it can do in the whole cluster; rank -1 is to do everything. */
function chainOf(account: Account, inventory: Inventory<Manifest>, known: readonly Power[]): Chain | 'none' {
  const chains = membershipsOf(account, inventory).flatMap(({ binding, subject }) => {
    if (binding.kind !== 'ClusterRoleBinding') return [];
    const bound = link(binding, 'bound here', subject.at('name'));
    const shipped = shippedPowers.get(binding.root.at('roleRef', 'name').string ?? '');
    if (shipped !== undefined)
      return { rank: known.findIndex(({ phrase }) => phrase === shipped), power: shipped, links: [bound] };
    const found = boundRole(binding, inventory);
    if (found === undefined) return [];
    const links = [bound, link(found.role, 'the role')];
    if (grantsEverything(found.rules.map(({ rule }) => rule))) return { rank: -1, power: everything, links };
    return known.flatMap(({ phrase, rights }, rank) => {
      for (const { rule, role } of found.rules)
        for (const { resource } of grantsAnyOf(rule, rights))
          return [{ rank, power: phrase, links: [...links, link(role, 'the right', resource)] }];
      return [];
    });
  });
  const worst = Math.min(...chains.map(({ rank }) => rank));
  return chains.find(({ rank }) => rank === worst) ?? 'none';
}

const everything = 'do everything';

/** The worst that roles can do which Kubernetes ships for users. */
const shippedPowers: ReadonlyMap<string, string> = new Map([
  ['cluster-admin', everything],
  ['admin', readSecrets.phrase],
  ['edit', readSecrets.phrase],
]);

function link(manifest: Manifest, message: string, place = manifest.root.at('metadata', 'name')) {
  return { manifest, place, message };
}
