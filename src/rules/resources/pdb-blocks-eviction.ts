import { budgetedPods, budgetsByPods, disruptionBudget } from '../../kubernetes/disruption-budget.ts';
import type { Field } from '../../kubernetes/field.ts';
import { type Replicas, replicasOf } from '../../kubernetes/scaling.ts';
import { labelsAt } from '../../kubernetes/selector.ts';
import { isForController, podsOf, type Selectable } from '../../kubernetes/service.ts';
import { SlipIndex } from '../../kubernetes/slip.ts';
import { isTestData } from '../../kubernetes/test-directory.ts';
import { type Context, defineRule } from '../rule.ts';

type Check = Context<
  'never' | 'all' | 'atMinimum' | 'several' | 'noSelector' | 'slip' | 'unseen' | 'unhealthy'
>;

/** The first release that reads `unhealthyPodEvictionPolicy` by default (KEP-3017, beta). */
const evictionPolicyMinor = 27;

export default defineRule({
  id: 'resources/pdb-blocks-eviction',
  severity: 'high',
  kinds: [disruptionBudget],
  summary: 'PodDisruptionBudget allows no disruption',
  why: 'A budget that never lets a pod go keeps nodes from being drained. Upgrades and repairs of nodes then hang, or somebody deletes the pods by force, without any of the protection that was meant.',
  remedy:
    'Let at least one pod go at a time, such as with maxUnavailable: 1, and run more pods than minAvailable asks for.',
  controls: [
    'nist-800-53/r5:CP-10',
    'nist-800-53/r5:SI-2',
    'polaris:pdbDisruptionsIsZero',
    'kube-linter:pdb-max-unavailable',
    'kube-linter:pdb-min-available',
  ],
  bundle: 'AVAIL',
  recommended: true,
  since: '0.1.0',
  messages: {
    never: 'PodDisruptionBudget {name} never lets a pod be evicted.',
    all: 'PodDisruptionBudget {name} wants {wanted} of {replicas} pods available, so none can be evicted.',
    atMinimum: {
      text: 'PodDisruptionBudget {name} wants {wanted} of the {replicas} pods available that the autoscaler runs at least; until there are more, none can be evicted.',
      severity: 'medium',
    },
    several:
      'PodDisruptionBudgets {name} and {other} select the same pods, of {pods}, and such pods cannot be evicted.',
    noSelector: {
      text: 'PodDisruptionBudget {name} has no selector, so it protects no pods.',
      severity: 'medium',
    },
    slip: {
      text: 'No workload has the labels that PodDisruptionBudget {name} selects, so it protects no pods. Did you mean {meant}?',
      severity: 'medium',
    },
    unseen: {
      text: 'No workload in the repository has the labels that PodDisruptionBudget {name} selects. Something else has to make its pods.',
      severity: 'low',
      recommended: false,
    },
    unhealthy: {
      text: 'PodDisruptionBudget {name} keeps pods that are not ready from being evicted as well; unhealthyPodEvictionPolicy is not AlwaysAllow.',
      severity: 'low',
      recommended: false,
      controls: ['kube-linter:pdb-unhealthy-pod-eviction-policy'],
    },
  },
  check(context) {
    const { manifest, inventory, kubernetesMinor, report } = context;
    const { name, root } = manifest;
    const spec = root.at('spec');
    const [minimum, maximum] = [spec.at('minAvailable'), spec.at('maxUnavailable')];
    const pods = budgetedPods(manifest, inventory.target);
    if (isNone(maximum)) report(maximum, 'never', { name });
    else if (isAll(minimum)) report(minimum, 'never', { name });
    else {
      checkMinimum(context, minimum, pods);
      const policy = spec.at('unhealthyPodEvictionPolicy');
      const isReady = kubernetesMinor >= evictionPolicyMinor && (minimum.exists || maximum.exists);
      if (isReady && policy.value !== 'AlwaysAllow') report(policy, 'unhealthy', { name });
    }
    checkOthers(context, pods);
    if (!spec.at('selector').exists) report(spec.at('selector'), 'noSelector', { name });
    else if (pods.length === 0) checkSelector(context);
  },
});

function isNone({ value }: Field): boolean {
  return value === 0 || percentOf(value) === 0;
}

function isAll({ value }: Field): boolean {
  return (percentOf(value) ?? 0) >= 100;
}

/** 25 for `25%`; undefined for anything else. */
function percentOf(value: unknown): number | undefined {
  const match = typeof value === 'string' ? /^([0-9]+)%$/.exec(value) : null;
  return match === null ? undefined : Number(match[1]);
}

/** Kinds whose pods are counted for a budget by their number in the spec. */
const counted: ReadonlySet<string> = new Set([
  'ReplicationController',
  'Deployment.apps',
  'StatefulSet.apps',
  'ReplicaSet.apps',
  'Rollout.argoproj.io',
  'DeploymentConfig.apps.openshift.io',
]);

function checkMinimum(
  { manifest, inventory, report }: Check,
  minimum: Field,
  pods: readonly Selectable[],
): void {
  const { name } = manifest;
  // More of the pods may be in what is not seen.
  if (!minimum.exists || pods.length === 0 || !inventory.complete) return;
  const each = pods.map(({ object }) =>
    counted.has(object.groupKind) ? replicasOf(object, inventory.target) : undefined,
  );
  const numbers = each.filter((one): one is Replicas => one !== undefined);
  if (numbers.length < each.length) return;
  const least = sum(numbers.map((one) => one.minimum));
  const most = sum(numbers.map((one) => one.maximum ?? Number.POSITIVE_INFINITY));
  const wanted = String(minimum.value);
  if (least > 0 && isBlocked(minimum.value, most)) report(minimum, 'all', { name, wanted, replicas: most });
  else if (least > 0 && isBlocked(minimum.value, least))
    report(minimum, 'atMinimum', { name, wanted, replicas: least });
}

/** Whether no pod of so many may go. As Kubernetes does, percentages are rounded up. */
function isBlocked(minimum: unknown, replicas: number): boolean {
  const percent = percentOf(minimum);
  const wanted = percent === undefined ? minimum : Math.ceil((percent * replicas) / 100);
  return typeof wanted === 'number' && wanted >= replicas;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** The eviction API refuses pods that several budgets select. Of each two the later one is reported. */
function checkOthers({ manifest, inventory, report }: Check, pods: readonly Selectable[]): void {
  if (isTestData(manifest.target)) return;
  const budgets = inventory.target.derived(budgetsByPods);
  for (const selected of pods) {
    const all = budgets.get(selected) ?? [];
    const other = all
      .slice(0, all.indexOf(manifest))
      .find((each) => each.name !== manifest.name && each.namespace === manifest.namespace);
    if (other === undefined) continue;
    const { kind, name } = selected.object;
    report(
      manifest.root.at('spec', 'selector'),
      'several',
      { name: manifest.name, other: other.name, pods: `${kind} ${name}` },
      {
        related: [
          { manifest: other, place: other.root.at('spec', 'selector'), message: 'The other budget.' },
        ],
      },
    );
    return;
  }
}

/** A hint is worth this many comparisons. */
const mostCompared = 200;

function checkSelector({ manifest, inventory, report }: Check): void {
  const { name, namespace, root, target } = manifest;
  const selector = root.at('spec', 'selector');
  const wanted = labelsAt(selector.at('matchLabels'));
  if (!inventory.complete || isTestData(target)) return;
  if (budgetedPods(manifest, inventory.environment).length > 0) return;
  const inSight = inventory.target.derived(podsOf);
  const near = inSight.inNamespace(namespace);
  if (near.length === 0 || isForController(wanted, inSight, namespace, inventory)) return;
  for (const [key, value] of wanted) {
    const known = near.slice(0, mostCompared).flatMap(({ labels }) => labels.get(key) ?? []);
    const meant = new SlipIndex(known).find(value, () => true);
    if (meant === undefined) continue;
    report(selector.at('matchLabels', key), 'slip', { name, meant });
    return;
  }
  if (budgetedPods(manifest, inventory.repository).length === 0) report(selector, 'unseen', { name });
}
