import { groupBy } from '../../group-by.ts';
import { knownPorts, openToEveryone } from '../../kubernetes/load-balancer.ts';
import { isEveryAddress } from '../../kubernetes/network/cidr.ts';
import { isTestData } from '../../kubernetes/test-directory.ts';
import { type Context, defineRule } from '../rule.ts';

type Check = Context<'known' | 'open' | 'openIngress'>;

export default defineRule({
  id: 'network/loadbalancer-open',
  severity: 'medium',
  kinds: ['Service', 'Ingress.networking.k8s.io'],
  summary: 'Load balancer takes traffic from everyone',
  why: 'A load balancer of a cloud provider gets a public address unless it is told otherwise. Databases and shells found there are attacked within minutes.',
  remedy:
    'Name who may come in under loadBalancerSourceRanges, make the load balancer internal by the annotation of the provider, or let an ingress controller serve what is meant for the public.',
  controls: [
    'ms-ta:TA9005',
    'mitre:T1133',
    'owasp-k8s/2025:K06',
    'kubescape:C-0256',
    'kube-linter:exposed-services',
  ],
  bundle: 'EDGE',
  // Ingress controllers, gateways and web servers are there to be reached.
  recommended: false,
  since: '0.1.0',
  messages: {
    known: {
      text: 'The load balancer of Service {name} takes traffic from everyone to {ports} of {product}.',
      severity: 'high',
      recommended: true,
    },
    open: 'The load balancer of Service {name} takes traffic from everyone who can reach its address.',
    openIngress: 'The load balancer of Ingress {name} takes traffic from the whole internet.',
  },
  check(context) {
    if (isTestData(context.manifest.target)) return;
    if (context.manifest.kind === 'Service') checkService(context);
    else checkIngress(context);
  },
});

function checkService({ manifest, inventory, report }: Check): void {
  const { name, root } = manifest;
  const place = openToEveryone(root, inventory.environment);
  if (place === undefined) return;
  const ports = knownPorts(root.at('spec'));
  // Those of the cluster itself are a rule of their own.
  const others = ports.filter(({ gives }) => gives !== 'controlPlane');
  for (const [product, [first, ...more]] of groupBy(others, (port) => port.product)) {
    const numbers = [first, ...more].flatMap((port) => port?.number ?? []);
    const words = `${more.length > 0 ? 'ports' : 'port'} ${numbers.join(' and ')}`;
    if (first !== undefined) report(first.field.at('port'), 'known', { name, ports: words, product });
  }
  if (ports.length === 0) report(place, 'open', { name });
}

/** AWS: an Ingress makes a load balancer of its own. */
function checkIngress({ manifest, report }: Check): void {
  const annotation = (name: string) =>
    manifest.root.at('metadata', 'annotations', `alb.ingress.kubernetes.io/${name}`);
  if (annotation('scheme').value !== 'internet-facing' || annotation('security-groups').exists) return;
  const ranges = annotation('inbound-cidrs').string?.split(',') ?? [];
  const isOpen = ranges.length === 0 || ranges.some((range) => isEveryAddress(range.trim()));
  if (isOpen) report(annotation('scheme'), 'openIngress', { name: manifest.name });
}
