import type { Field } from '../../kubernetes/field.ts';
import { labelsAt } from '../../kubernetes/selector.ts';
import { type Context, defineRule } from '../rule.ts';

type Check = Context<'oldTls' | 'noVerify' | 'noRedirect' | 'plain' | 'anyHost'>;

export default defineRule({
  id: 'mesh/mesh-gateway-weak',
  severity: 'high',
  kinds: ['Gateway.networking.istio.io', 'DestinationRule.networking.istio.io'],
  summary: 'Gateway of the mesh is weakly protected',
  why: 'What comes in over plain HTTP or an old version of TLS can be read and changed on its way. A client that checks no certificate talks to whoever answers.',
  remedy:
    'Redirect HTTP to HTTPS by tls.httpsRedirect, ask for TLSV1_2 or newer, name the hosts, and remove insecureSkipVerify.',
  controls: ['nist-800-53/r5:SC-8', 'nist-800-53/r5:SC-13'],
  bundle: 'TLS',
  recommended: true,
  since: '0.1.0',
  messages: {
    oldTls: 'Gateway {name} accepts {version}, which is broken.',
    noVerify: 'DestinationRule {name} does not check the certificate of {host}.',
    noRedirect: {
      text: 'Gateway {name} serves {host} over plain HTTP beside HTTPS and does not redirect.',
      severity: 'medium',
    },
    // TLS may end at a load balancer before the gateway.
    plain: {
      text: 'Gateway {name} serves {host} over plain HTTP.',
      severity: 'medium',
      recommended: false,
    },
    anyHost: { text: 'Gateway {name} takes every host.', severity: 'low', recommended: false },
  },
  check(context) {
    if (context.manifest.kind === 'Gateway') checkGateway(context);
    else checkClient(context);
  },
});

/** Gateways that nobody outside reaches, by the names that they have by custom. */
const inner = /egress|east-?west|local/i;

function checkGateway({ manifest, report }: Check): void {
  const { name, root } = manifest;
  const spec = root.at('spec');
  const servers = spec.at('servers').items();
  for (const server of servers) {
    const version = server.at('tls', 'minProtocolVersion');
    if (version.value === 'TLSV1_0' || version.value === 'TLSV1_1')
      report(version, 'oldTls', { name, version: version.value === 'TLSV1_0' ? 'TLS 1.0' : 'TLS 1.1' });
  }
  const selector = labelsAt(spec.at('selector'));
  if ([...selector.values()].some((value) => inner.test(value))) return;
  const secured = new Set(servers.filter((server) => isProtocol(server, 'HTTPS')).flatMap(hostsOf));
  for (const server of servers) {
    const anyHost = server
      .at('hosts')
      .items()
      .find(({ string }) => string === '*' || string === '*/*');
    if (anyHost !== undefined) report(anyHost, 'anyHost', { name });
    if (!isProtocol(server, 'HTTP') || server.at('tls', 'httpsRedirect').value === true) continue;
    const hosts = hostsOf(server);
    const both = hosts.find((host) => secured.has(host));
    const host = both ?? hosts[0] ?? '*';
    report(server.at('port', 'protocol'), both === undefined ? 'plain' : 'noRedirect', {
      name,
      host: host === '*' ? 'every host' : host,
    });
  }
}

function isProtocol(server: Field, protocol: string): boolean {
  return server.at('port', 'protocol').string?.toUpperCase() === protocol;
}

/** Hosts may have the namespace of their routes before them. */
function hostsOf(server: Field): string[] {
  const hosts = server.at('hosts').items();
  return hosts.flatMap(({ string }) => string?.replace(/^.*\//, '') ?? []);
}

function checkClient({ manifest, report }: Check): void {
  const spec = manifest.root.at('spec');
  const host = spec.at('host').string ?? '';
  const policies = [spec, ...spec.at('subsets').items()].map((each) => each.at('trafficPolicy'));
  for (const policy of policies)
    for (const level of [policy, ...policy.at('portLevelSettings').items()]) {
      const skip = level.at('tls', 'insecureSkipVerify');
      if (skip.value === true) report(skip, 'noVerify', { name: manifest.name, host });
    }
}
