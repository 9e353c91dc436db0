import { adminUiOf } from '../../kubernetes/admin-ui.ts';
import { type Backend, backendKinds, backendsOf } from '../../kubernetes/backend.ts';
import type { Field } from '../../kubernetes/field.ts';
import { isExampleHost, isLocalHost } from '../../kubernetes/host.ts';
import type { Inventory, ObjectIndex } from '../../kubernetes/inventory.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { labelsAt } from '../../kubernetes/selector.ts';
import { podsOf } from '../../kubernetes/service.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import { containersOf } from '../../kubernetes/workload.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'ingress/sensitive-ui-unprotected',
  severity: 'high',
  kinds: backendKinds,
  summary: 'Administration interface is open to everyone',
  why: 'Interfaces like these show what runs where, or run it. Without a login in front, everyone who finds the host can use them.',
  remedy:
    'Put a login in front, such as oauth2-proxy, let in only known addresses, or take the route away and use kubectl port-forward.',
  controls: ['ms-ta:TA9005', 'mitre:T1133', 'owasp-k8s/2025:K06', 'kubescape:C-0021', 'kubescape:C-0274'],
  bundle: 'EDGE',
  recommended: true,
  since: '0.1.0',
  messages: {
    open: '{kind} {name} opens {title}, which asks for no login, through Service {service} to everyone.',
    login: {
      text: '{kind} {name} opens {title} through Service {service} to everyone; only its own login stands in front.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, inventory, report }) {
    const { kind, name, root, target } = manifest;
    const backends = backendsOf(manifest).filter(({ service }) => adminUiOf(service) !== undefined);
    if (backends.length === 0 || isTestTarget(target)) return;
    if (
      isGuarded(root) ||
      isInternal(root, target.kind === 'chart' ? isExampleHost : isLocalHost) ||
      hasPolicy(manifest, inventory)
    )
      return;
    const done = new Set<string>();
    for (const backend of backends) {
      const { service, place } = backend;
      const ui = adminUiOf(service);
      if (ui === undefined || done.has(service) || isBehindProxy(backend, inventory)) continue;
      done.add(service);
      report(place, ui.login ? 'login' : 'open', { kind, name, title: ui.title, service });
    }
  },
});

/** Annotations that ask for a login or let in known addresses only. */
const guards =
  /auth|whitelist|allowlist|allow-list|source-range|inbound-cidrs|ip-restriction|middlewares|plugins|oidc|waf/i;

function isGuarded(root: Field): boolean {
  const annotations = root.at('metadata', 'annotations').properties();
  return (
    annotations.some(({ key, value }) => guards.test(String(key)) && value !== '') ||
    /"(?:middlewares|ExtensionRef|extensionRef|authorization|ipAllowPolicy)"/.test(
      JSON.stringify(root.at('spec').value) ?? '',
    )
  );
}

/**
 * Whether the route is only for a network of its own, by its class, its Gateway, its hosts or an annotation.
 * @param isNowhere which hosts nobody outside can reach; in the values of a chart also those that are examples.
 */
function isInternal(root: Field, isNowhere: (host: string) => boolean): boolean {
  const spec = root.at('spec');
  const annotations = root.at('metadata', 'annotations');
  const routers = [
    spec.at('ingressClassName'),
    annotations.at('kubernetes.io/ingress.class'),
    annotations.at('alb.ingress.kubernetes.io/scheme'),
    ...spec
      .at('parentRefs')
      .items()
      .flatMap((parent) => [parent.at('name'), parent.at('sectionName')]),
    ...spec.at('gateways').items(),
    ...spec.at('entryPoints').items(),
  ];
  if (routers.some(({ string }) => /internal|private|intranet|tailscale|vpn|mesh/i.test(string ?? '')))
    return true;
  const hosts = [
    ...spec
      .at('rules')
      .items()
      .map((rule) => rule.at('host')),
    ...spec.at('hostnames').items(),
    ...spec.at('hosts').items(),
    spec.at('host'),
    spec.at('virtualhost', 'fqdn'),
  ].flatMap(({ string }) => string || []);
  return hosts.length > 0 && hosts.every(isNowhere);
}

/** Policies of routers and meshes, which act on routes and workloads of their namespace. */
const policies = [
  'SecurityPolicy.gateway.envoyproxy.io',
  'GCPBackendPolicy.networking.gke.io',
  'AuthorizationPolicy.security.istio.io',
  'RequestAuthentication.security.istio.io',
  'AuthPolicy.kuadrant.io',
];

function hasPolicy({ namespace }: KubernetesObject, { environment }: Inventory): boolean {
  return policies.some(
    (kind) =>
      environment.ofKindIn(kind, namespace).length > 0 ||
      environment.ofKindIn(kind, 'istio-system').length > 0,
  );
}

/** Whether a container beside the interface asks for a login first. */
function isBehindProxy({ service, namespace, port }: Backend, { target }: Inventory): boolean {
  if (/auth|proxy/.test(String(port.value))) return true;
  const found = target.find('Service', namespace, service);
  return found.some(({ root }) => {
    const spec = root.at('spec');
    const named = spec
      .at('ports')
      .items()
      .some((each) => /auth|proxy/.test(each.at('name').string ?? ''));
    return named || hasProxy(target, labelsAt(spec.at('selector')), namespace);
  });
}

function hasProxy(
  index: ObjectIndex,
  selector: ReadonlyMap<string, string>,
  namespace: string | undefined,
): boolean {
  return index
    .derived(podsOf)
    .selectedBy(selector, namespace)
    .some(({ pod }) => pod !== undefined && containersOf(pod).some(({ name }) => /auth|proxy/.test(name)));
}
