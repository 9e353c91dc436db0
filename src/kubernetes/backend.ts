import type { Field } from './field.ts';
import type { KubernetesObject } from './object.ts';

/** A Service to which a route sends requests. */
export interface Backend {
  readonly service: string;
  readonly namespace: string | undefined;
  /** Where the name of the Service stands. */
  readonly place: Field;
  /** The field with the number of the port, its name, or either; it need not exist. */
  readonly port: Field;
  /** Whether the port may also be that of the pods (`targetPort`). */
  readonly takesTargetPort: boolean;
}

const traefik = ['traefik.io', 'traefik.containo.us'];

const readers = new Map<string, (object: KubernetesObject) => Backend[]>([
  ['Ingress.networking.k8s.io', ofIngress],
  ['Ingress.extensions', ofIngress],
  ...['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'].map(
    (kind) => [`${kind}.gateway.networking.k8s.io`, ofGatewayRoute] as const,
  ),
  ...traefik.flatMap((group) =>
    ['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP'].map(
      (kind) => [`${kind}.${group}`, ofIngressRoute] as const,
    ),
  ),
  ['VirtualService.networking.istio.io', ofVirtualService],
  ['Route.route.openshift.io', ofOpenShiftRoute],
  ['HTTPProxy.projectcontour.io', ofHttpProxy],
]);

/** `Kind.group` of the routes that {@link backendsOf} reads. */
export const backendKinds: readonly string[] = [...readers.keys()];

/** The Services that a route names; none when the object is no route. */
export function backendsOf(object: KubernetesObject): Backend[] {
  return readers.get(object.groupKind)?.(object) ?? [];
}

function ofIngress({ root, namespace }: KubernetesObject): Backend[] {
  const spec = root.at('spec');
  const paths = spec
    .at('rules')
    .items()
    .flatMap((rule) => rule.at('http', 'paths').items());
  const backends = [
    spec.at('defaultBackend'),
    spec.at('backend'),
    ...paths.map((path) => path.at('backend')),
  ];
  return backends.flatMap((backend) => {
    if (!backend.exists) return [];
    // `serviceName` and `servicePort` are those of the versions before v1.
    const service = backend.at('service');
    const old = backend.at('servicePort');
    const [number, name] = [service.at('port', 'number'), service.at('port', 'name')];
    const port = old.exists ? old : number.exists ? number : name;
    const place = service.exists ? service.at('name') : backend.at('serviceName');
    // The AWS controller takes the action from an annotation of the Service's name.
    return port.value === 'use-annotation' ? [] : to(place, port, namespace);
  });
}

/** Gateway API: a `backendRef` without group and kind is a Service. */
function ofGatewayRoute({ root, namespace }: KubernetesObject): Backend[] {
  const rules = root.at('spec', 'rules').items();
  const references = rules.flatMap((rule) => [
    ...rule.at('backendRefs').items(),
    ...rule
      .at('filters')
      .items()
      .map((filter) => filter.at('requestMirror', 'backendRef')),
  ]);
  return references
    .filter(
      (ref) => (ref.at('group').value ?? '') === '' && (ref.at('kind').value ?? 'Service') === 'Service',
    )
    .flatMap((ref) => to(ref.at('name'), ref.at('port'), ref.at('namespace').string ?? namespace));
}

function ofIngressRoute({ root, namespace }: KubernetesObject): Backend[] {
  const routes = root.at('spec', 'routes').items();
  return routes
    .flatMap((route) => route.at('services').items())
    .filter((service) => (service.at('kind').value ?? 'Service') === 'Service')
    .flatMap((service) =>
      to(service.at('name'), service.at('port'), service.at('namespace').string ?? namespace),
    );
}

/** Istio: a host is the name of a Service, alone or with its namespace and the cluster's domain, or anything else. */
function ofVirtualService({ root, namespace }: KubernetesObject): Backend[] {
  const routes = ['http', 'tls', 'tcp'].flatMap((list) => root.at('spec', list).items());
  const destinations = routes.flatMap((route) => [
    ...route
      .at('route')
      .items()
      .map((each) => each.at('destination')),
    route.at('mirror'),
    ...route
      .at('mirrors')
      .items()
      .map((each) => each.at('destination')),
  ]);
  return destinations.flatMap((destination) => {
    const host = destination.at('host');
    const [name, its] =
      /^([a-z0-9-]+)(?:\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?)?$/.exec(host.string ?? '')?.slice(1) ?? [];
    if (name === undefined) return [];
    return [{ ...backend(name, its ?? namespace, host), port: destination.at('port', 'number') }];
  });
}

function ofOpenShiftRoute({ root, namespace }: KubernetesObject): Backend[] {
  const spec = root.at('spec');
  const port = spec.at('port', 'targetPort');
  return [spec.at('to'), ...spec.at('alternateBackends').items()]
    .filter((service) => (service.at('kind').value ?? 'Service') === 'Service')
    .flatMap((service) => to(service.at('name'), port, namespace))
    .map((each) => ({ ...each, takesTargetPort: true }));
}

function ofHttpProxy({ root, namespace }: KubernetesObject): Backend[] {
  const spec = root.at('spec');
  return [...spec.at('routes').items(), spec.at('tcpproxy')]
    .flatMap((route) => route.at('services').items())
    .flatMap((service) => to(service.at('name'), service.at('port'), namespace));
}

function to(place: Field, port: Field, namespace: string | undefined): Backend[] {
  const service = place.string;
  return service ? [{ ...backend(service, namespace, place), port }] : [];
}

function backend(service: string, namespace: string | undefined, place: Field) {
  return { service, namespace, place, port: place.at('none'), takesTargetPort: false };
}

/**
 * Whether a Service has the port that a route names by number or name. A Service of type ExternalName has every port,
 * and one without ports none that could be known.
 */
export function hasPort(service: Field, { port, takesTargetPort }: Backend): boolean {
  const spec = service.at('spec');
  const ports = spec.at('ports').items();
  if (!port.exists || ports.length === 0 || spec.at('type').value === 'ExternalName') return true;
  const wanted = String(port.value);
  return ports.some((each) => {
    const names = [each.at('port'), each.at('name'), ...(takesTargetPort ? [each.at('targetPort')] : [])];
    return names.some(({ value }) => value !== undefined && String(value) === wanted);
  });
}

/** The ports of a Service as a message lists them, such as `http (80)`. */
export function portsOf(service: Field): string {
  const ports = service.at('spec', 'ports').items();
  return ports
    .map((each) => [each.at('name').string, each.at('port').value])
    .map(([name, port]) => (name === undefined ? String(port) : `${name} (${port})`))
    .join(', ');
}
