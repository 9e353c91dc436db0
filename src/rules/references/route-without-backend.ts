import { absenceOf } from '../../kubernetes/absence.ts';
import { backendKinds, backendsOf, hasPort, portsOf } from '../../kubernetes/backend.ts';
import { gatewayKind, hasListener, parentsOf, routeKinds } from '../../kubernetes/gateway.ts';
import { productsOf } from '../../kubernetes/producers.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import { type Context, defineRule } from '../rule.ts';

type Message =
  | 'port'
  | 'slip'
  | 'otherNamespace'
  | 'missing'
  | 'unseen'
  | 'elsewhere'
  | 'listener'
  | 'gateway';

export default defineRule({
  id: 'references/route-without-backend',
  severity: 'high',
  kinds: [...new Set([...backendKinds, ...routeKinds])],
  summary: 'Route leads to a Service, port or Gateway that does not exist',
  why: 'The route is accepted, and every request to it is answered with an error, 503 as a rule, by the router.',
  remedy: 'Correct the name or the port in the route, or add the Service.',
  controls: ['nist-800-53/r5:CM-3(2)', 'kubescape:C-0298', 'kubescape:C-0302'],
  bundle: 'QUAL',
  recommended: true,
  since: '0.1.0',
  messages: {
    port: 'Service {service} has no port {port}, to which {kind} {name} sends requests; it has {ports}.',
    slip: 'There is no Service {service}, to which {kind} {name} sends requests. Did you mean "{meant}", which is applied with it?',
    otherNamespace: {
      text: 'Service {service}, to which {kind} {name} sends requests, is in namespace {namespace}, not in {wanted}.',
    },
    missing: {
      text: 'There is no Service {service}, to which {kind} {name} sends requests, among what is applied with it or elsewhere in the repository.',
      severity: 'medium',
    },
    unseen: {
      text: 'No Service {service}, to which {kind} {name} sends requests, was found in the repository. It has to be in the cluster beforehand.',
      severity: 'low',
      recommended: false,
    },
    elsewhere: {
      text: 'Service {service}, to which {kind} {name} sends requests, is only in parts of the repository that are not applied with it.',
      severity: 'low',
      recommended: false,
    },
    listener: 'Gateway {gateway} has no listener {section}, to which {kind} {name} is attached.',
    gateway:
      'There is no Gateway {gateway}, to which {kind} {name} is attached. Did you mean "{meant}", which is applied with it?',
  },
  check(context) {
    if (isTestTarget(context.manifest.target)) return;
    checkBackends(context);
    checkParents(context);
  },
});

function checkBackends({ manifest, inventory, report }: Context<Message>): void {
  const { kind, name } = manifest;
  const done = new Set<string>();
  for (const backend of backendsOf(manifest)) {
    const { service, namespace, place, port } = backend;
    const id = `${namespace} ${service} ${port.value}`;
    if (done.has(id)) continue;
    done.add(id);
    const data = { kind, name, service };
    const found = inventory.target
      .derived(productsOf)
      .find('Service', namespace, service)
      .map(({ source }) => source);
    const [first] = found;
    if (first === undefined) {
      const wanted = { kind: 'Service', name: service, namespace };
      const absence = absenceOf(wanted, manifest.target, inventory);
      if (absence !== undefined)
        report(place, absence.what, { ...data, wanted: namespace ?? '', ...absence });
    } else if (found.every((object) => object.groupKind === 'Service' && !hasPort(object.root, backend)))
      report(
        port,
        'port',
        { ...data, port: String(port.value), ports: portsOf(first.root) },
        {
          related: inventory.target.find('Service', first.namespace, first.name).map((object) => ({
            manifest: object,
            place: object.root.at('spec', 'ports'),
            message: 'its ports',
          })),
        },
      );
  }
}

function checkParents({ manifest, inventory, report }: Context<Message>): void {
  const { kind, name } = manifest;
  for (const parent of parentsOf(manifest)) {
    const { gateway, namespace, place, section } = parent;
    const found = inventory.target.derived(productsOf).find(gatewayKind, namespace, gateway);
    const data = { kind, name, gateway };
    if (found.length > 0) {
      const wanted = section.string;
      if (wanted && found.every(({ source }) => !hasListener(source, wanted)))
        report(section, 'listener', { ...data, section: wanted });
      continue;
    }
    const wanted = { kind: gatewayKind, name: gateway, namespace };
    const absence = absenceOf(wanted, manifest.target, inventory);
    if (absence?.what === 'slip') report(place, 'gateway', { ...data, meant: absence.meant });
  }
}
