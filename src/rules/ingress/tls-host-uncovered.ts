import type { Field } from '../../kubernetes/field.ts';
import { gatewayKind, parentsOf } from '../../kubernetes/gateway.ts';
import { coversHost, hostsIntersect } from '../../kubernetes/host.ts';
import { httpRouteOf } from '../../kubernetes/http-route.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { productsOf } from '../../kubernetes/producers.ts';
import { mayShareNamespace } from '../../kubernetes/service.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import { type Context, defineRule } from '../rule.ts';

type Check = Context<'host' | 'certificate' | 'listener'>;

const httpRoute = 'HTTPRoute.gateway.networking.k8s.io';

export default defineRule({
  id: 'ingress/tls-host-uncovered',
  severity: 'medium',
  kinds: ['Ingress.networking.k8s.io', httpRoute],
  summary: 'Host has no certificate or no listener',
  why: 'Requests for the host are served in clear text, or with the certificate of another host, at which browsers stop.',
  remedy: 'Add the host to the tls section and to the certificate, or to a listener of the Gateway.',
  controls: ['nist-800-53/r5:SC-8', 'nist-800-53/r5:SC-17'],
  bundle: 'TLS',
  recommended: true,
  since: '0.1.0',
  messages: {
    host: 'Host {host} of Ingress {name} is in none of the hosts of its tls section.',
    certificate: 'Certificate {certificate}, which Ingress {name} uses for {host}, is not for that host.',
    listener: {
      text: 'Host {host} of HTTPRoute {name} fits no listener of Gateway {gateway}, so that the route does not serve it.',
      severity: 'high',
    },
  },
  check(context) {
    if (context.manifest.groupKind === httpRoute) checkRoute(context);
    else checkIngress(context);
  },
});

function checkIngress({ manifest, inventory, report }: Check): void {
  const { root, name } = manifest;
  const sections = root.at('spec', 'tls').items();
  // A section without hosts is for all of them, with the router's own certificate as a rule.
  if (sections.length === 0 || sections.some((section) => section.at('hosts').items().length === 0)) return;
  const own = sections.flatMap(hostsOfSection).flatMap(({ string }) => string ?? []);
  for (const rule of root.at('spec', 'rules').items()) {
    const place = rule.at('host');
    const host = place.string;
    if (!host || own.some((each) => coversHost(each, host))) continue;
    if (inventory.environment.derived(securedHosts).has(host.toLowerCase())) continue;
    report(place, 'host', { name, host });
  }
  for (const section of sections) checkCertificate(section, { manifest, inventory, report });
}

function checkCertificate(
  section: Field,
  { manifest, inventory, report }: Pick<Check, 'manifest' | 'inventory' | 'report'>,
) {
  const secret = section.at('secretName').string;
  if (secret === undefined) return;
  const certificates = (inventory.target.derived(certificatesBySecret).get(secret) ?? []).filter((one) =>
    mayShareNamespace(one.namespace, manifest.namespace),
  );
  const [certificate] = certificates;
  if (certificate === undefined || certificates.length > 1) return;
  for (const place of hostsOfSection(section)) {
    const host = place.string;
    if (!host || certificate.hosts.some((each) => coversHost(each, host))) continue;
    report(place, 'certificate', { name: manifest.name, certificate: certificate.name, host });
  }
}

interface Certificate {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly hosts: readonly string[];
}

function certificatesBySecret(index: ObjectIndex): ReadonlyMap<string, readonly Certificate[]> {
  const bySecret = new Map<string, Certificate[]>();
  for (const { root, name, namespace } of index.ofKind('Certificate.cert-manager.io')) {
    const spec = root.at('spec');
    const secret = spec.at('secretName').string;
    const hosts = [...spec.at('dnsNames').items(), spec.at('commonName')].flatMap(
      ({ string }) => string ?? [],
    );
    // The names may also be in a literal subject, which is rare.
    if (secret === undefined || hosts.length === 0) continue;
    bySecret.set(secret, [...(bySecret.get(secret) ?? []), { name, namespace, hosts }]);
  }
  return bySecret;
}

/** Hosts that some Ingress of an index has in its tls section or serves by annotation: routers merge Ingresses by host. */
function securedHosts(index: ObjectIndex): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const object of index.ofKind('Ingress.networking.k8s.io')) {
    const sections = object.root.at('spec', 'tls').items();
    const named = sections.flatMap(hostsOfSection).flatMap(({ string }) => string ?? []);
    const route = httpRouteOf(object);
    const byAnnotation = sections.length === 0 && route?.secured === true ? route.hosts : [];
    for (const host of [...named, ...byAnnotation]) hosts.add(host.toLowerCase());
  }
  return hosts;
}

function hostsOfSection(section: Field): Field[] {
  return section.at('hosts').items();
}

/** A route is attached to the listeners whose host name has a host in common with it. */
function checkRoute({ manifest, inventory, report }: Check): void {
  const { root, name, target } = manifest;
  const parents = isTestTarget(target) ? [] : parentsOf(manifest);
  // With several parents, each may be for some of the hosts.
  const [parent] = parents;
  if (parent === undefined || root.at('spec', 'parentRefs').items().length > 1) return;
  const gateways = inventory.environment
    .derived(productsOf)
    .find(gatewayKind, parent.namespace, parent.gateway);
  const [gateway] = gateways;
  if (
    gateway === undefined ||
    gateways.length > 1 ||
    gateway.source.root.at('spec', 'allowedListeners').exists
  )
    return;
  const all = gateway.source.root.at('spec', 'listeners').items();
  const section = parent.section.string;
  const listeners = section === undefined ? all : all.filter((one) => one.at('name').value === section);
  const served = listeners.map((listener) => listener.at('hostname').string ?? '');
  if (served.length === 0 || served.includes('')) return;
  for (const place of root.at('spec', 'hostnames').items()) {
    const host = place.string;
    if (!host || served.some((each) => hostsIntersect(each, host))) continue;
    report(place, 'listener', { name, host, gateway: parent.gateway });
  }
}
