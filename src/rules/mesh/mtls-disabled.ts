import type { Field } from '../../kubernetes/field.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { labelsAt } from '../../kubernetes/selector.ts';
import { podsOf } from '../../kubernetes/service.ts';
import { type Context, defineRule } from '../rule.ts';

type Check = Context<'disabled' | 'portDisabled' | 'clientDisabled'>;

export default defineRule({
  id: 'mesh/mtls-disabled',
  severity: 'high',
  kinds: ['PeerAuthentication.security.istio.io', 'DestinationRule.networking.istio.io'],
  summary: 'Mutual TLS of the mesh is switched off',
  why: 'Without mutual TLS the traffic between pods is readable and can be changed on its way, and nobody knows who is at the other end, so that rules about identities do not hold.',
  remedy:
    'Set mtls.mode to STRICT, and tls.mode to ISTIO_MUTUAL or remove it: Istio then uses mutual TLS wherever both ends can.',
  controls: ['nist-800-53/r5:SC-8(1)', 'nsa:log.service-mesh', 'mitre:T1557'],
  bundle: 'TLS',
  recommended: true,
  since: '0.1.0',
  messages: {
    disabled: 'PeerAuthentication {name} switches mutual TLS off for {whom}.',
    // Often a port for callers that are in no mesh, such as the API server.
    portDisabled: {
      text: 'PeerAuthentication {name} switches mutual TLS off for port {port}.',
      severity: 'medium',
      recommended: false,
    },
    clientDisabled:
      'DestinationRule {name} sends traffic to {host} without TLS, though it is a host of the mesh.',
  },
  check(context) {
    if (context.manifest.kind === 'PeerAuthentication') checkServer(context);
    else checkClient(context);
  },
});

function checkServer({ manifest, report }: Check): void {
  const { name, root } = manifest;
  const spec = root.at('spec');
  const mode = spec.at('mtls', 'mode');
  const whom =
    spec.at('selector', 'matchLabels').properties().length > 0 ? 'the pods that it selects' : 'all pods';
  if (mode.value === 'DISABLE') report(mode, 'disabled', { name, whom });
  for (const port of spec.at('portLevelMtls').properties())
    if (port.at('mode').value === 'DISABLE')
      report(port.at('mode'), 'portDisabled', { name, port: port.key ?? '' });
}

function checkClient({ manifest, inventory, report }: Check): void {
  const { name, namespace, root } = manifest;
  const spec = root.at('spec');
  const host = spec.at('host').string ?? '';
  const service = serviceOf(host, namespace);
  if (service === undefined || isOutOfMesh(service, inventory.environment)) return;
  const policies = [spec, ...spec.at('subsets').items()].map((each) => each.at('trafficPolicy'));
  for (const policy of policies)
    for (const level of [policy, ...policy.at('portLevelSettings').items()]) {
      const mode = level.at('tls', 'mode');
      if (mode.value === 'DISABLE') report(mode, 'clientDisabled', { name, host });
    }
}

interface ServiceName {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** The Service that a host of the mesh is; undefined for other hosts, and for the API server, which is in no mesh. */
function serviceOf(host: string, own: string | undefined): ServiceName | undefined {
  const match =
    /^([^.]+)(?:\.([^.]+)\.svc(?:\.cluster\.local)?)?$|^\*(?:\.([^.]+)\.svc\.cluster)?\.local$/.exec(host);
  if (match === null) return undefined;
  const name = match[1] ?? '*';
  const namespace = match[2] ?? match[3] ?? (name === '*' ? undefined : own);
  return name === 'kubernetes' && namespace === 'default' ? undefined : { name, namespace };
}

/** Whether the pods behind a Service have no sidecar, by the label of their namespace or their own. */
function isOutOfMesh({ name, namespace }: ServiceName, index: ObjectIndex): boolean {
  const labels = (field: Field) => field.at('labels');
  const [declared] = namespace === undefined ? [] : index.find('Namespace', undefined, namespace);
  if (declared?.root.at('metadata', 'labels', 'istio-injection').value === 'disabled') return true;
  const [service] = index.find('Service', namespace, name);
  if (service === undefined) return false;
  const selector = labelsAt(service.root.at('spec', 'selector'));
  if (selector.size === 0) return true;
  const pods = index.derived(podsOf).selectedBy(selector, namespace);
  const refuses = (metadata: Field) =>
    [labels(metadata), metadata.at('annotations')].some(
      (map) => String(map.at('sidecar.istio.io/inject').value) === 'false',
    );
  return pods.length > 0 && pods.every(({ pod }) => pod !== undefined && refuses(pod.metadata));
}
