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
  readonly #services = new Map<string, { readonly service: T; readonly selector: Labels }[]>();
  readonly #routes = new Map<string, T[]>();

  constructor(index: ObjectIndex<T>) {
    for (const service of index.ofKind('Service')) {
      const selector = labelsAt(service.root.at('spec', 'selector'));
      const [first] = selector;
      if (first !== undefined) push(this.#services, first.join('='), { service, selector });
    }
    for (const [kind, backendsOf] of routes)
      for (const route of index.ofKind(kind))
        for (const name of backendsOf(route.root.at('spec'))) push(this.#routes, name, route);
  }

  /** The Service, or the route to one, by which traffic from outside reaches pods with these labels. */
  of(labels: Labels, namespace: string | undefined): T | undefined {
    for (const label of labels)
      for (const { service, selector } of this.#services.get(label.join('=')) ?? []) {
        if (!mayShareNamespace(service.namespace, namespace) || !hasLabels(labels, selector)) continue;
        if (isOpen(service.root)) return service;
        const route = this.#routes
          .get(service.name)
          ?.find((each) => mayShareNamespace(each.namespace, service.namespace));
        if (route !== undefined) return route;
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

function push<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
