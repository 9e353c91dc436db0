import { groupBy } from '../../group-by.ts';
import type { Field } from '../../kubernetes/field.ts';
import { gatewayKind, routeKinds } from '../../kubernetes/gateway.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { productsOf } from '../../kubernetes/producers.ts';
import { mayShareNamespace } from '../../kubernetes/service.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import { type Context, defineRule } from '../rule.ts';

type Check = Context<'notGranted' | 'unseenGrant' | 'allNamespaces' | 'allSecrets'>;

const group = 'gateway.networking.k8s.io';
const grantKind = `ReferenceGrant.${group}`;

export default defineRule({
  id: 'ingress/cross-namespace-route',
  severity: 'high',
  kinds: [gatewayKind, grantKind, ...routeKinds],
  summary: 'Route or certificate crosses namespaces',
  why: 'Namespaces are the border between teams. A reference across it is refused without a ReferenceGrant; a grant or a Gateway that is open to all lets every namespace in.',
  remedy:
    'Add a ReferenceGrant in the namespace that is referred to, for the one object; let a Gateway take routes from selected namespaces.',
  controls: ['nist-800-53/r5:AC-4', 'nist-800-53/r5:SC-7(21)'],
  bundle: 'NET',
  recommended: true,
  since: '0.1.0',
  messages: {
    notGranted:
      '{kind} {name} in namespace {namespace} refers to {object} {wanted} in {other}, where no ReferenceGrant allows it.',
    unseenGrant: {
      text: '{kind} {name} in namespace {namespace} refers to {object} {wanted} in {other}; no ReferenceGrant for it was found in the repository.',
      severity: 'low',
      recommended: false,
    },
    allNamespaces: {
      text: 'Listener {listener} of Gateway {name} takes routes from all namespaces, so that any of them can serve its hosts.',
      severity: 'medium',
      recommended: false,
    },
    allSecrets: {
      text: 'ReferenceGrant {name} opens all Secrets of its namespace to {kinds} of namespace {namespace}.',
      severity: 'medium',
    },
  },
  check(context) {
    const { groupKind } = context.manifest;
    if (groupKind === grantKind) return checkGrant(context);
    if (groupKind === gatewayKind) checkListeners(context);
    checkReferences(context);
  },
});

function checkListeners({ manifest, report }: Check): void {
  for (const listener of manifest.root.at('spec', 'listeners').items()) {
    const from = listener.at('allowedRoutes', 'namespaces', 'from');
    if (from.value === 'All')
      report(from, 'allNamespaces', { name: manifest.name, listener: listener.at('name').string ?? '' });
  }
}

function checkGrant({ manifest, report }: Check): void {
  const { root, name } = manifest;
  const from = root.at('spec', 'from').items();
  const namespace = [...new Set(from.map((each) => each.at('namespace').string ?? ''))].join(', ');
  const kinds = [...new Set(from.map((each) => each.at('kind').string ?? ''))].join(', ');
  for (const to of root.at('spec', 'to').items())
    if (to.at('kind').value === 'Secret' && !to.at('name').string)
      report(to.at('kind'), 'allSecrets', { name, namespace, kinds });
}

function checkReferences({ manifest, inventory, report }: Check): void {
  const { kind, name, namespace, root, target } = manifest;
  if (namespace === undefined || isTestTarget(target)) return;
  for (const reference of referencesOf(root)) {
    const other = reference.at('namespace').string;
    const object = reference.at('kind').string ?? (kind === 'Gateway' ? 'Secret' : 'Service');
    const wanted = reference.at('name').string;
    if (!other || !wanted || other === namespace) continue;
    const isGranted = (index: ObjectIndex) =>
      (index.derived(grants).get(`${namespace} ${kind} ${object}`) ?? []).some(
        (grant) =>
          mayShareNamespace(grant.namespace, other) && (grant.name === undefined || grant.name === wanted),
      );
    if (!inventory.complete || isGranted(inventory.environment) || isGranted(inventory.repository)) continue;
    const groupKind = reference.at('group').string ? `${object}.${reference.at('group').string}` : object;
    const here = inventory.target.derived(productsOf).named(groupKind, wanted);
    const sure = here.some((product) => product.namespace === other);
    const data = { kind, name, namespace, object, wanted, other };
    report(reference.at('namespace'), sure ? 'notGranted' : 'unseenGrant', data);
  }
}

/** The references of a route or Gateway that a ReferenceGrant may allow. */
function referencesOf(root: Field): Field[] {
  const spec = root.at('spec');
  const rules = spec.at('rules').items();
  return [
    ...rules.flatMap((rule) => [
      ...rule.at('backendRefs').items(),
      ...rule
        .at('filters')
        .items()
        .map((filter) => filter.at('requestMirror', 'backendRef')),
    ]),
    ...spec
      .at('listeners')
      .items()
      .flatMap((listener) => listener.at('tls', 'certificateRefs').items()),
  ];
}

interface Grant {
  readonly id: string;
  readonly namespace: string | undefined;
  /** Undefined for all objects of the kind. */
  readonly name: string | undefined;
}

/** What ReferenceGrants allow, by namespace and kind of who refers and the kind that is referred to. */
function grants(index: ObjectIndex): ReadonlyMap<string, readonly Grant[]> {
  const all = index.ofKind(grantKind).flatMap(({ root, namespace }) =>
    root
      .at('spec', 'from')
      .items()
      .flatMap((from) =>
        root
          .at('spec', 'to')
          .items()
          .map((to): Grant => {
            const id = `${from.at('namespace').string} ${from.at('kind').string} ${to.at('kind').string}`;
            return { id, namespace, name: to.at('name').string || undefined };
          }),
      ),
  );
  return groupBy(all, ({ id }) => id);
}
