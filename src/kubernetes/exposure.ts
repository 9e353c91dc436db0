import { groupBy } from '../group-by.ts';
import type { Field } from './field.ts';
import type { ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { hasLabels, type Labels, labelsAt } from './selector.ts';
import { mayShareNamespace } from './service.ts';

/** What lets traffic from outside the cluster to the pods behind Services, made once by `index.derived(exposureOf)`. */
export function exposureOf<T extends KubernetesObject>(index: ObjectIndex<T>): Exposure<T> {
  return new Exposure(index);
}

/** Services by the labels that they select, and the routes from outside by the Service that they lead to. */
export class Exposure<T extends KubernetesObject> {
  /** By one of the labels that the Service wants, as `key=value`. */
  readonly #services: ReadonlyMap<string, readonly { readonly service: T; readonly selector: Labels }[]>;
  readonly #routes: ReadonlyMap<string, readonly { readonly route: T }[]>;

  constructor(index: ObjectIndex<T>) {
    const services = index.ofKind('Service').flatMap((service) => {
      const selector = labelsAt(service.root.at('spec', 'selector'));
      const [first] = selector;
      return first === undefined ? [] : [{ service, selector, label: first.join('=') }];
    });
    this.#services = groupBy(services, ({ label }) => label);
    const ways = routes.flatMap(([kind, backendsOf]) =>
      index
        .ofKind(kind)
        .flatMap((route) => backendsOf(route.root.at('spec')).map((name) => ({ route, name }))),
    );
    this.#routes = groupBy(ways, ({ name }) => name);
  }

  /** The Service, or the route to one, by which traffic from outside reaches pods with these labels. */
  of(labels: Labels, namespace: string | undefined): T | undefined {
    for (const label of labels)
      for (const { service, selector } of this.#services.get(label.join('=')) ?? []) {
        if (!mayShareNamespace(service.namespace, namespace) || !hasLabels(labels, selector)) continue;
        if (isOpen(service.root)) return service;
        const way = this.#routes
          .get(service.name)
          ?.find(({ route }) => mayShareNamespace(route.namespace, service.namespace));
        if (way !== undefined) return way.route;
      }
    return undefined;
  }
}

function isOpen(service: Field): boolean {
  const type = service.at('spec', 'type').value;
  return (
    type === 'LoadBalancer' || type === 'NodePort' || service.at('spec', 'externalIPs').items().length > 0
  );
}

/** For each kind of route the names of the Services that its spec leads to. */
const routes: readonly (readonly [string, (spec: Field) => string[]])[] = [
  ['Ingress.networking.k8s.io', ingressBackends],
  ['Ingress.extensions', ingressBackends],
  ['HTTPRoute.gateway.networking.k8s.io', gatewayBackends],
  ['GRPCRoute.gateway.networking.k8s.io', gatewayBackends],
  ['TLSRoute.gateway.networking.k8s.io', gatewayBackends],
  ['TCPRoute.gateway.networking.k8s.io', gatewayBackends],
  ['Route.route.openshift.io', (spec) => names([spec.at('to', 'name')])],
  [
    'IngressRoute.traefik.io',
    (spec) =>
      names(
        spec
          .at('routes')
          .items()
          .flatMap((route) => route.at('services').items())
          .map((service) => service.at('name')),
      ),
  ],
];

function ingressBackends(spec: Field): string[] {
  const paths = spec
    .at('rules')
    .items()
    .flatMap((rule) => rule.at('http', 'paths').items());
  const backends = [spec.at('defaultBackend'), ...paths.map((path) => path.at('backend'))];
  return names(backends.flatMap((backend) => [backend.at('service', 'name'), backend.at('serviceName')]));
}

function gatewayBackends(spec: Field): string[] {
  const references = spec
    .at('rules')
    .items()
    .flatMap((rule) => rule.at('backendRefs').items());
  return names(references.map((reference) => reference.at('name')));
}

function names(fields: readonly Field[]): string[] {
  return [...new Set(fields.flatMap(({ string }) => string ?? []))];
}
