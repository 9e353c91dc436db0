import type { Field } from '../../kubernetes/field.ts';
import { labelsAt } from '../../kubernetes/selector.ts';
import { podOf } from '../../kubernetes/workload.ts';
import { type Context, defineRule, workloads } from '../rule.ts';

type Check = Context<'undone' | 'everything' | 'somePods' | 'anyIdentity' | 'unauthenticated'>;

const policyKinds = [
  'AuthorizationPolicy.security.istio.io',
  'Server.policy.linkerd.io',
  'ServerAuthorization.policy.linkerd.io',
];

export default defineRule({
  id: 'mesh/mesh-authz-allow-all',
  severity: 'high',
  kinds: [...policyKinds, 'Namespace', ...workloads],
  concerns: (object) =>
    policyKinds.includes(object.groupKind) ||
    [object.root.at('metadata'), podOf(object)?.metadata].some((each) => each?.at(...inboundPolicy).exists),
  summary: 'Authorization policy of the mesh allows every request',
  why: 'Rules that allow add up: one empty rule admits every request from everyone, whatever the other rules of the same pods say.',
  remedy: 'Name the callers under from and what they may do under to, and remove the empty rule.',
  controls: [
    'nist-800-53/r5:AC-3',
    'nist-800-53/r5:AC-4',
    'owasp-k8s/2025:K05',
    'owasp-k8s/2025:K09',
    'nsa:log.service-mesh',
  ],
  bundle: 'NET',
  recommended: false,
  since: '0.1.0',
  messages: {
    undone: {
      text: 'An empty rule of AuthorizationPolicy {name} allows every request, so that its other rules limit nothing.',
      recommended: true,
    },
    everything: 'AuthorizationPolicy {name} allows every request to all pods that it is applied to.',
    somePods: {
      text: 'AuthorizationPolicy {name} allows every request to the pods that it selects.',
      severity: 'medium',
    },
    anyIdentity: {
      text: 'A rule of AuthorizationPolicy {name} allows every request of every identity in the mesh.',
      severity: 'medium',
    },
    unauthenticated: {
      text: '{kind} {name} lets Linkerd admit clients that say nothing of who they are.',
      severity: 'medium',
    },
  },
  check(context) {
    if (context.manifest.kind === 'AuthorizationPolicy') checkIstio(context);
    else checkLinkerd(context);
  },
});

/** Where metadata tells Linkerd who may reach pods when no policy says so. */
const inboundPolicy = ['annotations', 'config.linkerd.io/default-inbound-policy'];

/** Gateways take requests from outside, where nobody has an identity of the mesh. */
const gateway = /gateway/i;

function checkIstio({ manifest, report }: Check): void {
  const { name, root } = manifest;
  const spec = root.at('spec');
  const selector = [...labelsAt(spec.at('selector', 'matchLabels')).values()];
  const isForGateway = selector.some((value) => gateway.test(value)) || spec.at('targetRefs').exists;
  if ((spec.at('action').string ?? 'ALLOW') !== 'ALLOW' || isForGateway) return;
  const rules = spec.at('rules').items();
  const whole = selector.length > 0 ? 'somePods' : 'everything';
  for (const rule of rules) {
    if (isEmptyRule(rule)) report(rule, rules.length > 1 ? 'undone' : whole, { name });
    else if (isForAnyIdentity(rule)) report(rule.at('from'), 'anyIdentity', { name });
  }
}

/** Whether a rule names neither callers, nor operations, nor conditions. */
function isEmptyRule(rule: Field): boolean {
  return ['from', 'to', 'when'].every((key) => rule.at(key).items().length === 0);
}

function isForAnyIdentity(rule: Field): boolean {
  if (rule.at('to').items().length > 0 || rule.at('when').items().length > 0) return false;
  return rule
    .at('from')
    .items()
    .some((from) => {
      const limits = from.at('source').properties();
      const [only] = limits;
      return (
        limits.length === 1 && only?.key === 'principals' && only.items().some(({ value }) => value === '*')
      );
    });
}

function checkLinkerd({ manifest, pod, report }: Check): void {
  const { kind, name, root } = manifest;
  const place =
    openPlace(root, ['spec', 'client', 'unauthenticated']) ??
    openPlace(root, ['spec', 'accessPolicy']) ??
    openPlace(root, ['metadata', ...inboundPolicy]) ??
    (pod && openPlace(pod.metadata, inboundPolicy));
  if (place !== undefined) report(place, 'unauthenticated', { kind, name });
}

function openPlace(field: Field, path: readonly string[]): Field | undefined {
  const value = field.valueAt(...path);
  const isOpen = value === 'all-unauthenticated' || (value === true && path.at(-1) === 'unauthenticated');
  return isOpen ? field.at(...path) : undefined;
}
