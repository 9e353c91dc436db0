import { Field, isObject } from './field.ts';
import type { KubernetesObject } from './object.ts';

/** A host and path that a route asks a router for. */
export interface Claim {
  readonly host: string;
  /** How the path is written in messages; empty for all paths of the host. */
  readonly path: string;
  /** Two claims with one id are for the same requests at the same router. */
  readonly id: string;
  /** To what the requests are sent; claims that send them to the same do not contradict each other. */
  readonly destination: string;
  /** The path, or the host where there is none. */
  readonly place: Field;
}

const readers = new Map<string, (object: KubernetesObject) => Claim[]>([
  ['Ingress.networking.k8s.io', ofIngress],
  ['HTTPRoute.gateway.networking.k8s.io', ofHttpRoute],
  ['VirtualService.networking.istio.io', ofVirtualService],
  ['IngressRoute.traefik.io', ofIngressRoute],
  ['IngressRoute.traefik.containo.us', ofIngressRoute],
  ['Route.route.openshift.io', ofOpenShiftRoute],
]);

/** `Kind.group` of the routes that {@link claimsOf} reads. */
export const claimKinds: readonly string[] = [...readers.keys()];

/** What a route asks for by host; what it asks for on every host is left out. None when the object is no route. */
export function claimsOf(object: KubernetesObject): Claim[] {
  return readers.get(object.groupKind)?.(object) ?? [];
}

/** Annotations of Ingresses that share a host and path on purpose: canaries, and those that a controller merges. */
const sharing =
  /^(?:nginx\.ingress\.kubernetes\.io\/canary|alb\.ingress\.kubernetes\.io\/(?:group\.name|conditions\..*)|nginx\.org\/mergeable-ingress-type|haproxy\.org\/.*-acl|konghq\.com\/(?:methods|headers\..*)|traefik\.ingress\.kubernetes\.io\/router\.(?:priority|entrypoints))$/;

function ofIngress({ root, namespace }: KubernetesObject): Claim[] {
  const annotations = root.at('metadata', 'annotations');
  if (isObject(annotations.value) && Object.keys(annotations.value).some((key) => sharing.test(key)))
    return [];
  const byAnnotation = annotations.at('kubernetes.io/ingress.class').string;
  const router = root.at('spec', 'ingressClassName').string ?? byAnnotation ?? '';
  return root
    .at('spec', 'rules')
    .items()
    .flatMap((rule) => {
      const host = rule.at('host').string;
      if (!host) return [];
      const paths = rule.at('http', 'paths').items();
      return paths.flatMap((each) => {
        const path = each.at('path');
        const place = path.exists ? path : rule.at('host');
        const type = each.at('pathType').string ?? '';
        return claim(
          host,
          path.string ?? '/',
          place,
          ['Ingress', router, type],
          [namespace, each.at('backend')],
        );
      });
    });
}

function ofHttpRoute({ root, namespace }: KubernetesObject): Claim[] {
  const spec = root.at('spec');
  const parents = spec
    .at('parentRefs')
    .items()
    .map((ref) => [
      ref.at('namespace').string ?? namespace,
      ref.at('name'),
      ref.at('sectionName'),
      ref.at('port'),
    ]);
  const rules = spec.at('rules').items();
  const requests = rules.flatMap((rule) => {
    const destination = [namespace, rule.at('backendRefs'), rule.at('filters')];
    const matches = rule.at('matches').items();
    // Without matches a rule is for all paths.
    return (matches.length > 0 ? matches : [rule.at('matches', 0)]).map((match) => ({ match, destination }));
  });
  return spec
    .at('hostnames')
    .items()
    .flatMap((host) =>
      requests.flatMap(({ match, destination }) => {
        const path = match.at('path', 'value');
        const type = match.at('path', 'type').string ?? 'PathPrefix';
        const rest = ['headers', 'method', 'queryParams'].map((key) => match.at(key));
        return parents.flatMap((parent) => {
          const router = ['HTTPRoute', parent, type, rest];
          return claim(host.string, path.string ?? '/', path.exists ? path : host, router, destination);
        });
      }),
    );
}

/** Istio: several for one host and gateway are merged, in no certain order; requests inside the mesh are for `mesh`. */
function ofVirtualService({ root, namespace }: KubernetesObject): Claim[] {
  const spec = root.at('spec');
  const named = spec
    .at('gateways')
    .items()
    .flatMap(({ string }) => string ?? []);
  const routers = (named.length > 0 ? named : ['mesh']).map((name) =>
    name === 'mesh' || name.includes('/') ? name : `${namespace}/${name}`,
  );
  const rules = spec.at('http').items();
  const requests = rules.flatMap((rule) => {
    const matches = rule.at('match').items();
    return (matches.length > 0 ? matches : [rule.at('match', 0)]).map((match) => ({
      match,
      destination: [namespace, rule.at('route'), rule.at('redirect'), rule.at('rewrite')],
    }));
  });
  return spec
    .at('hosts')
    .items()
    .flatMap((host) =>
      requests.flatMap(({ match, destination }) =>
        routers.flatMap((router) => {
          const uri = match.at('uri').properties()[0];
          const same = match.properties().filter(({ key }) => key !== 'name');
          const scope = router === 'mesh' ? [router, namespace] : router;
          return claim(
            host.string === '*' ? undefined : host.string,
            uri?.string ?? '',
            uri ?? host,
            ['VirtualService', scope, same.map((field) => [field.key, field])],
            destination,
          );
        }),
      ),
    );
}

/** Traefik: the whole rule must be the same, at the same entry points and with the same priority. */
function ofIngressRoute({ root, namespace }: KubernetesObject): Claim[] {
  const spec = root.at('spec');
  return spec
    .at('routes')
    .items()
    .flatMap((route) => {
      const match = route.at('match');
      const host = /\bHost\(\s*[`"]([^`"]+)[`"]/.exec(match.string ?? '')?.[1];
      const rule = match.string?.replaceAll(/\s/g, '');
      const path = /\bPath(?:Prefix)?\(\s*[`"]([^`"]+)[`"]/.exec(match.string ?? '')?.[1] ?? '';
      const router = ['IngressRoute', spec.at('entryPoints'), route.at('priority'), rule];
      return claim(host, path, match, router, [namespace, route.at('services'), route.at('middlewares')]);
    });
}

/** OpenShift: a path is a prefix, and a route for subdomains is apart from that for the host. */
function ofOpenShiftRoute({ root, namespace }: KubernetesObject): Claim[] {
  const spec = root.at('spec');
  const path = spec.at('path');
  const place = path.exists ? path : spec.at('host');
  const router = ['Route', spec.at('wildcardPolicy').string ?? 'None'];
  return claim(spec.at('host').string, path.string ?? '', place, router, [namespace, spec.at('to')]);
}

function claim(
  host: string | undefined,
  path: string,
  place: Field,
  router: readonly unknown[],
  destination: readonly unknown[],
): Claim[] {
  const name = host?.toLowerCase() ?? '';
  // Placeholders are no host names.
  if (!/^[a-z0-9*]([a-z0-9.-]*[a-z0-9])?$/.test(name)) return [];
  return [
    {
      host: name,
      path,
      place,
      id: text([name, path, router]),
      // Asked only of claims for the same.
      get destination() {
        return text(destination);
      },
    },
  ];
}

/** A text that is the same for the same values; of fields the values count. */
function text(value: unknown): string {
  return JSON.stringify(plain(value)) ?? '';
}

function plain(value: unknown): unknown {
  if (value instanceof Field) return value.value ?? null;
  return Array.isArray(value) ? value.map(plain) : value;
}
