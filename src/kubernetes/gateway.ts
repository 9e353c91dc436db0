import type { Field } from './field.ts';
import type { KubernetesObject } from './object.ts';

const group = 'gateway.networking.k8s.io';

export const gatewayKind = `Gateway.${group}`;

/** `Kind.group` of the routes of the Gateway API. */
export const routeKinds: readonly string[] = [
  'HTTPRoute',
  'GRPCRoute',
  'TLSRoute',
  'TCPRoute',
  'UDPRoute',
].map((kind) => `${kind}.${group}`);

/** A Gateway to which a route is attached. */
export interface Parent {
  readonly gateway: string;
  readonly namespace: string | undefined;
  /** Where the name of the Gateway stands. */
  readonly place: Field;
  /** `sectionName`, the listener; it need not exist. */
  readonly section: Field;
}

/** The Gateways that a route of the Gateway API names; routes may have other parents as well, such as Services. */
export function parentsOf({ root, groupKind, namespace }: KubernetesObject): Parent[] {
  if (!routeKinds.includes(groupKind)) return [];
  return root
    .at('spec', 'parentRefs')
    .items()
    .filter((parent) => (parent.at('kind').value ?? 'Gateway') === 'Gateway')
    .filter((parent) => (parent.at('group').value ?? group) === group)
    .flatMap((parent) => {
      const place = parent.at('name');
      const gateway = place.string;
      if (!gateway) return [];
      return [
        {
          gateway,
          namespace: parent.at('namespace').string ?? namespace,
          place,
          section: parent.at('sectionName'),
        },
      ];
    });
}

/** Whether a Gateway has a listener of this name, or may get it from a ListenerSet. */
export function hasListener({ root }: KubernetesObject, name: string): boolean {
  const spec = root.at('spec');
  const listeners = spec.at('listeners').items();
  return spec.at('allowedListeners').exists || listeners.some((each) => each.at('name').value === name);
}
