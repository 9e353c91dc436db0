import { groupBy } from '../../group-by.ts';
import weak from '../../kubernetes/data/weak-tls.json' with { type: 'json' };
import { exposureOf } from '../../kubernetes/exposure.ts';
import type { Field } from '../../kubernetes/field.ts';
import { gatewayKind, parentsOf } from '../../kubernetes/gateway.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { fitsName } from '../../kubernetes/name-pattern.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { labelsAt } from '../../kubernetes/selector.ts';
import { mayShareNamespace, podsOf } from '../../kubernetes/service.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import { type Context, defineRule } from '../rule.ts';

type Message = 'plain' | 'noCertificate' | 'notVerified' | 'oldVersion' | 'weakPolicy';
type Check = Context<Message>;

const istioGateway = 'Gateway.networking.istio.io';

const checks = new Map<string, (context: Check) => void>([
  [gatewayKind, checkGateway],
  [istioGateway, checkIstioGateway],
  ['ServersTransport.traefik.io', checkTransport],
  ['ServersTransport.traefik.containo.us', checkTransport],
  ['ServersTransportTCP.traefik.io', checkTransport],
  ['TLSOption.traefik.io', (context) => checkVersion(context, ['spec', 'minVersion'])],
  ['TLSOption.traefik.containo.us', (context) => checkVersion(context, ['spec', 'minVersion'])],
  [
    'HTTPProxy.projectcontour.io',
    (context) => checkVersion(context, ['spec', 'virtualhost', 'tls', 'minimumProtocolVersion']),
  ],
  ['Ingress.networking.k8s.io', (context) => checkPolicy(context, 'alb.ingress.kubernetes.io/ssl-policy')],
  [
    'Service',
    (context) => checkPolicy(context, 'service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy'),
  ],
  ['ConfigMap', checkNginx],
]);

export default defineRule({
  id: 'ingress/listener-or-backend-insecure',
  severity: 'high',
  kinds: [...checks.keys()],
  summary: 'Gateway or backend does without proper TLS',
  why: 'Clear text, old versions of TLS and certificates that nobody checks let everyone on the way read and change what is sent.',
  remedy:
    'Redirect HTTP to HTTPS, give listeners a certificate, ask for TLS 1.2 or newer, and verify the certificates of backends.',
  controls: ['nist-800-53/r5:SC-8', 'nist-800-53/r5:SC-13'],
  bundle: 'TLS',
  recommended: true,
  since: '0.1.0',
  messages: {
    plain: {
      text: 'Listener {listener} of Gateway {name} serves plain HTTP and does not redirect to HTTPS.',
      severity: 'medium',
    },
    noCertificate: 'Listener {listener} of Gateway {name} ends TLS but has no certificate.',
    notVerified: '{kind} {name} does not verify the certificates of the servers it connects to.',
    oldVersion: '{kind} {name} takes {version}, which has known weaknesses.',
    weakPolicy: '{kind} {name} uses the policy {policy}, which takes TLS 1.0 or 1.1.',
  },
  check(context) {
    if (isTestTarget(context.manifest.target)) return;
    checks.get(context.manifest.groupKind)?.(context);
  },
});

function checkGateway(context: Check): void {
  const { manifest, inventory, report } = context;
  const { root, name } = manifest;
  for (const listener of root.at('spec', 'listeners').items()) {
    const data = { name, listener: listener.at('name').string ?? String(listener.key) };
    const protocol = listener.at('protocol');
    const tls = listener.at('tls');
    if (protocol.value === 'HTTP') {
      const routes = inventory.environment.derived(routesByGateway).get(name) ?? [];
      if (routes.some((route) => servesPlain(route, manifest, listener))) report(protocol, 'plain', data);
    } else if (
      (protocol.value === 'HTTPS' || protocol.value === 'TLS') &&
      (tls.at('mode').value ?? 'Terminate') === 'Terminate' &&
      tls.at('certificateRefs').items().length === 0 &&
      // Implementations have their own ways to name a certificate there and in annotations.
      !tls.at('options').exists &&
      !root.at('metadata', 'annotations').exists
    )
      report(listener.at('tls'), 'noCertificate', data);
  }
}

interface Attached {
  readonly route: KubernetesObject;
  readonly namespace: string | undefined;
  readonly section: string | undefined;
}

/** HTTPRoutes by the name of the Gateway that they are attached to. */
function routesByGateway(index: ObjectIndex): ReadonlyMap<string, readonly Attached[]> {
  const all = index.ofKind('HTTPRoute.gateway.networking.k8s.io').flatMap((route) =>
    parentsOf(route).map(({ gateway, namespace, section }) => {
      return { route, gateway, namespace, section: section.string };
    }),
  );
  return groupBy(all, ({ gateway }) => gateway);
}

/** Whether a route is attached to the listener and answers there with more than a redirect. */
function servesPlain(attached: Attached, gateway: KubernetesObject, listener: Field): boolean {
  const { route, namespace, section } = attached;
  if (!mayShareNamespace(namespace, gateway.namespace)) return false;
  if (section !== undefined && section !== listener.at('name').value) return false;
  const from = listener.at('allowedRoutes', 'namespaces', 'from').value ?? 'Same';
  if (from !== 'All' && (route.namespace ?? namespace) !== gateway.namespace) return false;
  const rules = route.root.at('spec', 'rules').items();
  return rules.some((rule) => {
    const filters = rule.at('filters').items();
    return filters.every((filter) => filter.at('type').value !== 'RequestRedirect');
  });
}

function checkIstioGateway({ manifest, inventory, report }: Check): void {
  const { kind, root, name } = manifest;
  const internal = isInternal(root, inventory.environment);
  for (const server of root.at('spec', 'servers').items()) {
    const [port, tls] = [server.at('port'), server.at('tls')];
    const data = { name, listener: port.at('name').string ?? String(server.key) };
    const protocol = port.at('protocol').string?.toUpperCase();
    if (protocol === 'HTTP' && tls.at('httpsRedirect').value !== true && !internal && isOpen(server))
      report(port.at('protocol'), 'plain', data);
    const certificate = ['credentialName', 'credentialNames', 'serverCertificate', 'tlsCertificates'];
    const ends = ['SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL'].includes(tls.at('mode').string ?? '');
    if (ends && certificate.every((key) => !tls.at(key).exists)) report(tls, 'noCertificate', data);
    const version = tls.at('minProtocolVersion');
    if (isOld(version.value)) report(version, 'oldVersion', { kind, name, version: String(version.value) });
  }
}

/** Whether the proxies that a Gateway is for are there, and nothing lets traffic from outside to them. */
function isInternal(gateway: Field, index: ObjectIndex): boolean {
  const selector = labelsAt(gateway.at('spec', 'selector'));
  const proxies = index.derived(podsOf).selectedBy(selector, undefined);
  const exposure = index.derived(exposureOf);
  return (
    selector.size > 0 &&
    proxies.length > 0 &&
    proxies.every(({ labels, namespace }) => exposure.of(labels, namespace) === undefined)
  );
}

/** Whether a server is for more than names of the cluster's own network. */
function isOpen(server: Field): boolean {
  return server
    .at('hosts')
    .items()
    .some(({ string }) => !/\.(?:svc(?:\.cluster\.local)?|local|internal|global)$/.test(string ?? ''));
}

function checkTransport({ manifest, report }: Check): void {
  const { kind, name, root } = manifest;
  for (const skip of [root.at('spec', 'insecureSkipVerify'), root.at('spec', 'tls', 'insecureSkipVerify')])
    if (skip.value === true) report(skip, 'notVerified', { kind, name });
}

function checkVersion({ manifest, report }: Check, path: readonly string[]): void {
  const { kind, name, root } = manifest;
  const version = root.at(...path);
  if (isOld(version.value)) report(version, 'oldVersion', { kind, name, version: String(version.value) });
}

function checkPolicy({ manifest, report }: Check, annotation: string): void {
  const { kind, name, root } = manifest;
  const policy = root.at('metadata', 'annotations', annotation);
  const { string: text } = policy;
  if (text !== undefined && weak.loadBalancerPolicies.some((pattern) => fitsName(pattern, text)))
    report(policy, 'weakPolicy', { kind, name, policy: text });
}

/** The controllers of ingress-nginx and F5 take the versions from their ConfigMap. */
function checkNginx({ manifest, report }: Check): void {
  const { kind, name, root } = manifest;
  const versions = root.at('data', 'ssl-protocols');
  const old = versions.string?.split(/\s+/).find(isOld);
  if (old !== undefined) report(versions, 'oldVersion', { kind, name, version: old }, { part: old });
}

function isOld(version: unknown): boolean {
  return typeof version === 'string' && weak.versions.includes(version);
}
