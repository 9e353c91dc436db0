import type { Field } from '../../kubernetes/field.ts';
import { knownPorts, openToEveryone } from '../../kubernetes/load-balancer.ts';
import { labelsAt } from '../../kubernetes/selector.ts';
import { type Context, defineRule } from '../rule.ts';

type Check = Context<'part' | 'apiServer' | 'dashboard' | 'route'>;

const routes = [
  'HTTPRoute.gateway.networking.k8s.io',
  'TLSRoute.gateway.networking.k8s.io',
  'TCPRoute.gateway.networking.k8s.io',
  'IngressRoute.traefik.io',
  'IngressRouteTCP.traefik.io',
  'VirtualService.networking.istio.io',
];

export default defineRule({
  id: 'network/apiserver-exposed',
  severity: 'critical',
  kinds: ['Service', 'Ingress.networking.k8s.io', ...routes],
  summary: 'A part of the cluster itself is open to the outside',
  why: 'Whoever reaches etcd, a kubelet or a container runtime from outside is one flaw or one weak setting away from the whole cluster. The API server and its dashboard are searched for all over the internet.',
  remedy:
    'Remove the way in, or make it internal or limited to known addresses; let people come through a VPN or a bastion.',
  controls: ['ms-ta:TA9005', 'ms-m:M9002', 'nsa:net.control-plane', 'owasp-k8s/2025:K06', 'kubescape:C-0021'],
  bundle: 'EDGE',
  recommended: true,
  since: '0.1.0',
  messages: {
    part: 'Service {name} opens port {port}, which is that of {product}, to the outside of the cluster.',
    apiServer: {
      text: 'Service {name} opens the API server to the outside of the cluster.',
      severity: 'high',
    },
    dashboard: {
      text: 'Service {name} opens the Kubernetes Dashboard to the outside of the cluster.',
      severity: 'high',
    },
    route: { text: '{kind} {name} leads from the outside to the API server.', severity: 'high' },
  },
  check(context) {
    if (context.manifest.kind === 'Service') checkService(context);
    else checkRoute(context);
  },
});

function checkService({ manifest, inventory, report }: Check): void {
  const { name, root } = manifest;
  const isNodePort = root.valueAt('spec', 'type') === 'NodePort';
  if (!isNodePort && openToEveryone(root, inventory.environment) === undefined) return;
  const spec = root.at('spec');
  const type = spec.at('type');
  for (const { field, number, product, gives } of knownPorts(spec))
    if (gives === 'controlPlane') report(field.at('port'), 'part', { name, port: number, product });
  const selected = [...labelsAt(spec.at('selector')).values()];
  if (selected.includes('kube-apiserver')) report(type, 'apiServer', { name });
  if (selected.includes('kubernetes-dashboard')) report(type, 'dashboard', { name });
}

function checkRoute({ manifest, report }: Check): void {
  const { kind, name, namespace, root } = manifest;
  // It leads to Services of its own namespace.
  if (kind === 'Ingress' && namespace !== 'default') return;
  for (const backend of backendsOf(root.at('spec'), kind)) {
    const [service, within = namespace] = backend.names;
    if (service === 'kubernetes' && within === 'default') report(backend.place, 'route', { kind, name });
  }
}

/** A Service that a route leads to. */
interface Backend {
  readonly place: Field;
  /** Its name, and its namespace when that is said. */
  readonly names: readonly (string | undefined)[];
}

function backendsOf(spec: Field, kind: string): Backend[] {
  const rules = spec.at('rules').items();
  const inOneField = (place: Field): Backend => ({ place, names: [place.string] });
  const inTwoFields = (reference: Field): Backend => ({
    place: reference.at('name'),
    names: [reference.at('name').string, reference.at('namespace').string],
  });
  switch (kind) {
    case 'Ingress': {
      const paths = rules.flatMap((rule) =>
        rule
          .at('http', 'paths')
          .items()
          .map((path) => path.at('backend')),
      );
      return [spec.at('defaultBackend'), ...paths].map((backend) =>
        inOneField(backend.at('service', 'name')),
      );
    }
    case 'VirtualService': {
      const lists = ['http', 'tls', 'tcp'].flatMap((list) => spec.at(list).items());
      const hosts = lists.flatMap((item) =>
        item
          .at('route')
          .items()
          .map((route) => route.at('destination', 'host')),
      );
      return hosts.map((place) => ({ place, names: place.string?.split('.') ?? [] }));
    }
    case 'IngressRoute':
    case 'IngressRouteTCP':
      return spec
        .at('routes')
        .items()
        .flatMap((route) => route.at('services').items().map(inTwoFields));
    default:
      return rules.flatMap((rule) => rule.at('backendRefs').items().map(inTwoFields));
  }
}
