import type { Field } from './field.ts';
import type { KubernetesObject } from './object.ts';

/** A way by which HTTP comes into the cluster. */
export interface HttpRoute {
  /** Where the object's TLS settings belong, whether there are any or not. */
  readonly tls: Field;
  /** Whether it serves TLS, or does nothing but redirect to it. */
  readonly secured: boolean;
  /** The host names it is for; empty when it takes every host. */
  readonly hosts: readonly string[];
}

const readers = new Map<string, (root: Field) => HttpRoute>([
  ['Ingress.networking.k8s.io', readIngress],
  ['Ingress.extensions', readIngress],
  ['IngressRoute.traefik.io', readIngressRoute],
  ['IngressRoute.traefik.containo.us', readIngressRoute],
  ['Route.route.openshift.io', readOpenShiftRoute],
  ['HTTPProxy.projectcontour.io', readHttpProxy],
]);

/** `Kind.group` of the objects that {@link httpRouteOf} reads. */
export const httpRouteKinds: readonly string[] = [...readers.keys()];

/** Reads an Ingress or a router's own kind of it; undefined when the object is none, or is only a part of one. */
export function httpRouteOf(object: KubernetesObject): HttpRoute | undefined {
  const route = readers.get(object.groupKind)?.(object.root);
  return route?.tls.parent?.exists ? route : undefined;
}

/**
 * Annotations through which load balancers take a certificate, so that an Ingress needs no tls section: AWS, Google
 * and Azure controllers, passthrough of nginx and HAProxy, Traefik.
 */
const tlsAnnotations: readonly unknown[] = [
  'alb.ingress.kubernetes.io/certificate-arn',
  'networking.gke.io/managed-certificates',
  'ingress.gcp.kubernetes.io/pre-shared-cert',
  'appgw.ingress.kubernetes.io/appgw-ssl-certificate',
  'nginx.ingress.kubernetes.io/ssl-passthrough',
  'haproxy.org/ssl-passthrough',
  'traefik.ingress.kubernetes.io/router.tls',
];

function readIngress(root: Field): HttpRoute {
  const tls = root.at('spec', 'tls');
  const annotations = root.at('metadata', 'annotations').properties();
  const byAnnotation = annotations.some(
    ({ key, value }) => tlsAnnotations.includes(key) && value !== '' && value !== 'false',
  );
  const rules = root.at('spec', 'rules').items();
  return {
    tls,
    secured: tls.items().length > 0 || byAnnotation,
    hosts: rules.map((rule) => rule.at('host').string ?? ''),
  };
}

/** Traefik: entry points are named in its own settings; `websecure` and `traefik` are the names of its chart. */
const securedEntryPoint = /secure|https|tls|443|^traefik$/i;

function readIngressRoute(root: Field): HttpRoute {
  const tls = root.at('spec', 'tls');
  const entryPoints = root.at('spec', 'entryPoints').items();
  const routes = root.at('spec', 'routes').items();
  const redirects = (route: Field) =>
    route
      .at('middlewares')
      .items()
      .some((middleware) => /redirect|https/i.test(middleware.at('name').string ?? ''));
  return {
    tls,
    secured:
      // `tls: {}` serves the default certificate.
      tls.exists ||
      (entryPoints.length > 0 && entryPoints.every(({ string }) => securedEntryPoint.test(string ?? ''))) ||
      (routes.length > 0 && routes.every(redirects)),
    hosts: routes.flatMap((route) => hostsOfRule(route.at('match').string ?? '')),
  };
}

/** The hosts in a Traefik rule such as ``Host(`a.example.com`, `b.example.com`) && PathPrefix(`/`)``. */
function hostsOfRule(rule: string): string[] {
  const calls = [...rule.matchAll(/\bHost\(([^()]*)\)/g)].map(([, names = '']) => names);
  const hosts = calls.flatMap((names) => [...names.matchAll(/[`"']([^`"']+)[`"']/g)]);
  return hosts.length === 0 ? [''] : hosts.map(([, host = '']) => host);
}

/** openshift-acme and cert-manager/openshift-routes write the TLS settings of Routes with these annotations. */
const certificateAnnotations = [
  'kubernetes.io/tls-acme',
  'cert-manager.io/issuer-name',
  'cert-manager.io/issuer',
];

function readOpenShiftRoute(root: Field): HttpRoute {
  const tls = root.at('spec', 'tls');
  const annotations = root.at('metadata', 'annotations');
  const isAdded = certificateAnnotations.some((name) => {
    const { string } = annotations.at(name);
    return string !== undefined && string !== '' && string !== 'false';
  });
  return { tls, secured: tls.exists || isAdded, hosts: [root.at('spec', 'host').string ?? ''] };
}

/** Contour: a proxy without virtualhost is included by another one. */
function readHttpProxy(root: Field): HttpRoute {
  const host = root.at('spec', 'virtualhost');
  const tls = host.at('tls');
  return { tls, secured: tls.exists, hosts: [host.at('fqdn').string ?? ''] };
}
