import { isTestPath } from '../../discover/test-path.ts';
import { isSettings, settingOf } from '../../kubernetes/argo-cd.ts';
import type { Field } from '../../kubernetes/field.ts';
import { httpRouteKinds } from '../../kubernetes/http-route.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Container } from '../../kubernetes/workload.ts';
import { type Context, defineRule, workloads } from '../rule.ts';

type MessageId = 'noLogin' | 'plain' | 'internal' | 'cluster' | 'issuer';

export default defineRule({
  id: 'gitops/argo-server-insecure',
  severity: 'high',
  kinds: ['ConfigMap', 'Secret', ...workloads],
  summary: 'Argo CD talks or listens without protection',
  why: 'Argo CD holds the credentials of every cluster and repository that it serves. Without a login or TLS, or when certificates are not checked, they can be used or read by whoever is on the network.',
  remedy:
    'Remove the setting. Where an ingress or a mesh ends TLS for server.insecure, ignore the finding with that as the reason; give clusters their CA in tlsClientConfig.caData.',
  controls: ['nist-800-53/r5:SC-8', 'owasp-k8s/2025:K06'],
  bundle: 'TLS',
  recommended: true,
  since: '0.1.0',
  // The settings of a cluster hold its credentials.
  sensitive: true,
  messages: {
    noLogin: {
      text: '{setting} lets everyone who reaches Argo CD use it as an administrator, without a login.',
      severity: 'critical',
    },
    plain: {
      text: '{setting} makes Argo CD serve HTTP without TLS, and nothing that ends TLS before argocd-server was found in this repository.',
      severity: 'medium',
      recommended: false,
    },
    internal: {
      text: '{setting} turns off TLS between the parts of Argo CD.',
      severity: 'medium',
      recommended: false,
    },
    issuer: '{setting} makes Argo CD accept tokens from any server that claims to be the identity provider.',
    cluster:
      'Argo CD does not check the certificate of the cluster {name}, to which it sends its credentials.',
  },
  check(context) {
    const { manifest } = context;
    const settings = settingsIn(manifest);
    const isCluster = isArgoCluster(manifest);
    const servers = context.containers.filter(runsServer);
    if (!(settings || isCluster || servers.length > 0) || isTestPath(manifest.file)) return;
    if (settings) checkSettings(context, settings);
    if (isCluster) checkCluster(context);
    for (const container of servers) checkFlags(context, container);
  },
});

type Settings = Readonly<Record<string, MessageId>>;

/** Settings that are wrong when they are `true`; argoproj/argo-cd 37ee009, docs/operator-manual. */
const parameters: Settings = {
  'server.disable.auth': 'noLogin',
  'server.insecure': 'plain',
  'reposerver.disable.tls': 'internal',
  'controller.repo.server.plaintext': 'internal',
  'server.repo.server.plaintext': 'internal',
  'applicationsetcontroller.repo.server.plaintext': 'internal',
  'dexserver.disable.tls': 'internal',
  'server.dex.server.plaintext': 'internal',
};

const general: Settings = { 'oidc.tls.insecure.skip.verify': 'issuer' };

const flags: Settings = { '--disable-auth': 'noLogin', '--insecure': 'plain' };

/** The settings that are read from an object. */
function settingsIn(object: KubernetesObject): Settings | undefined {
  if (isSettings(object, 'argocd-cmd-params-cm')) return parameters;
  return isSettings(object, 'argocd-cm') ? general : undefined;
}

/** Whether an object is the Secret by which Argo CD knows a cluster. */
function isArgoCluster({ groupKind, root }: KubernetesObject): boolean {
  const label = 'argocd.argoproj.io/secret-type';
  return groupKind === 'Secret' && root.valueAt('metadata', 'labels', label) === 'cluster';
}

function checkSettings(
  { manifest: { root }, inventory, report }: Context<MessageId>,
  settings: Settings,
): void {
  for (const [setting, message] of Object.entries(settings)) {
    if (settingOf(root, setting) !== 'true') continue;
    if (message === 'plain' && inventory.environment.derived(hasRouteToServer)) continue;
    report(root.at('data', setting), message, { setting });
  }
}

/** Whether a word of a container's command is the program, or ends in it as the script of a shell does. */
function runsServer({ field }: Container): boolean {
  return ['command', 'args'].some((list) => {
    const words = field.valueAt(list);
    return Array.isArray(words) && words.some(isServer);
  });
}

function isServer(word: unknown): boolean {
  return typeof word === 'string' && /(?:^|[/\s])argocd-server$/.test(word);
}

function checkFlags({ inventory, report }: Context<MessageId>, container: Container): void {
  for (const word of ['command', 'args'].flatMap((list) => container.field.at(list).items())) {
    const setting = word.string?.replace(/=true$/, '') ?? '';
    const message = Object.hasOwn(flags, setting) ? flags[setting] : undefined;
    if (message === undefined) continue;
    if (message === 'plain' && inventory.environment.derived(hasRouteToServer)) continue;
    report(word, message, { setting }, { container });
  }
}

function checkCluster({ manifest: { root }, report }: Context<MessageId>): void {
  for (const [list, decode] of [
    ['stringData', (text: string) => text],
    ['data', decoded],
  ] as const) {
    const config = root.at(list, 'config');
    if (config.string === undefined || !skipsVerification(decode(config.string))) continue;
    const name = root.at(list, 'name').string;
    report(config, 'cluster', {
      name: name === undefined ? (root.at('metadata', 'name').string ?? '') : decode(name),
    });
  }
}

function decoded(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}

/** The entry is JSON that may have templates in it. */
function skipsVerification(config: string): boolean {
  return /"tlsClientConfig"\s*:\s*\{[^{}]*"insecure"\s*:\s*true/.test(config);
}

/** Kinds beside those of {@link httpRouteKinds} that lead requests to a Service. */
const routeKinds = [
  ...httpRouteKinds,
  'HTTPRoute.gateway.networking.k8s.io',
  'GRPCRoute.gateway.networking.k8s.io',
  'TLSRoute.gateway.networking.k8s.io',
  'VirtualService.networking.istio.io',
];

function hasRouteToServer(index: ObjectIndex): boolean {
  return index.ofKind(...routeKinds).some(({ root }) => mentionsServer(root.at('spec')));
}

function mentionsServer(field: Field): boolean {
  if (field.string !== undefined) return /(?:^|-)argocd-server(?:\.|$)/.test(field.string);
  return [...field.properties(), ...field.items()].some(mentionsServer);
}
