import type { Wanted } from './absence.ts';
import { type Field, isObject, isSet } from './field.ts';
import type { KubernetesObject } from './object.ts';
import type { Pod } from './workload.ts';

/** An object that another one names, other than ConfigMaps and Secrets of pods and the Services of routes. */
export interface ObjectReference extends Wanted {
  readonly place: Field;
}

const issuers = 'cert-manager.io';

/**
 * The objects that an object needs to be there.
 * @param pod the pod that it runs; undefined when it is no workload
 */
export function objectReferencesOf(object: KubernetesObject, pod: Pod | undefined): ObjectReference[] {
  const others = readers.get(object.groupKind)?.(object) ?? [];
  return pod === undefined ? others : [...ofPod(pod, object), ...others];
}

/** `Kind.group` of the objects other than workloads that {@link objectReferencesOf} reads. */
export function referringKinds(): string[] {
  return [...readers.keys()];
}

function ofPod({ spec }: Pod, object: KubernetesObject): ObjectReference[] {
  const { namespace } = object;
  const account = isSet(spec.valueAt('serviceAccountName')) ? 'serviceAccountName' : 'serviceAccount';
  const found = [
    ...to('ServiceAccount', spec.at(account), namespace),
    ...to('PriorityClass.scheduling.k8s.io', spec.at('priorityClassName')),
    ...to('RuntimeClass.node.k8s.io', spec.at('runtimeClassName')),
  ];
  for (const volume of claimingVolumes(spec, object))
    found.push(
      ...to('PersistentVolumeClaim', volume.at('persistentVolumeClaim', 'claimName'), namespace),
      ...ofClaim(volume.at('ephemeral', 'volumeClaimTemplate')),
    );
  return found;
}

/** The volumes of a pod that name a claim or bring one with them. */
function claimingVolumes(spec: Field, { root }: KubernetesObject): Field[] {
  const all = spec.valueAt('volumes');
  if (!Array.isArray(all) || !all.some(mayClaim)) return [];
  const volumes = spec
    .at('volumes')
    .items()
    .filter(({ value }) => mayClaim(value));
  // A claim of a StatefulSet's own takes the place of the volume of its name.
  const claims = root.at('spec', 'volumeClaimTemplates').items();
  const own = new Set(claims.map((claim) => claim.at('metadata', 'name').string));
  return volumes.filter((volume) => !own.has(volume.at('name').string));
}

function mayClaim(volume: unknown): boolean {
  return isObject(volume) && (isObject(volume.persistentVolumeClaim) || isObject(volume.ephemeral));
}

const readers = new Map<string, (object: KubernetesObject) => ObjectReference[]>([
  ['StatefulSet.apps', ({ root }) => root.at('spec', 'volumeClaimTemplates').items().flatMap(ofClaim)],
  ['PersistentVolumeClaim', ({ root }) => ofClaim(root)],
  ['Ingress.networking.k8s.io', ofIngress],
  ['IngressRoute.traefik.io', ofIngressRoute],
  ['IngressRoute.traefik.containo.us', ofIngressRoute],
  ['Gateway.gateway.networking.k8s.io', ofGateway],
  ['Certificate.cert-manager.io', ofCertificate],
  ['RoleBinding.rbac.authorization.k8s.io', ofBinding],
  ['ClusterRoleBinding.rbac.authorization.k8s.io', ofBinding],
]);

function ofClaim(claim: Field): ObjectReference[] {
  return to('StorageClass.storage.k8s.io', claim.at('spec', 'storageClassName'));
}

function ofIngress({ root, namespace }: KubernetesObject): ObjectReference[] {
  const spec = root.at('spec');
  return [
    ...to('IngressClass.networking.k8s.io', spec.at('ingressClassName')),
    ...spec
      .at('tls')
      .items()
      .flatMap((tls) => to('Secret', tls.at('secretName'), namespace)),
    ...ofIssuerAnnotations(root, namespace),
  ];
}

function ofIssuerAnnotations(root: Field, namespace: string | undefined): ObjectReference[] {
  const annotations = root.at('metadata', 'annotations');
  // An issuer of another group is no object of cert-manager.
  if (annotations.at('cert-manager.io/issuer-group').exists) return [];
  return [
    ...to(`Issuer.${issuers}`, annotations.at('cert-manager.io/issuer'), namespace),
    ...to(`ClusterIssuer.${issuers}`, annotations.at('cert-manager.io/cluster-issuer')),
  ];
}

function ofIngressRoute({ root, namespace }: KubernetesObject): ObjectReference[] {
  return to('Secret', root.at('spec', 'tls', 'secretName'), namespace);
}

function ofGateway({ root, namespace }: KubernetesObject): ObjectReference[] {
  const listeners = root.at('spec', 'listeners').items();
  const certificates = listeners.flatMap((listener) => listener.at('tls', 'certificateRefs').items());
  return [
    ...certificates
      .filter((certificate) => (certificate.at('kind').value ?? 'Secret') === 'Secret')
      .flatMap((certificate) =>
        to('Secret', certificate.at('name'), certificate.at('namespace').string ?? namespace),
      ),
    ...ofIssuerAnnotations(root, namespace),
  ];
}

function ofCertificate({ root, namespace }: KubernetesObject): ObjectReference[] {
  const issuer = root.at('spec', 'issuerRef');
  if ((issuer.at('group').value ?? issuers) !== issuers) return [];
  const cluster = issuer.at('kind').value === 'ClusterIssuer';
  return cluster
    ? to(`ClusterIssuer.${issuers}`, issuer.at('name'))
    : to(`Issuer.${issuers}`, issuer.at('name'), namespace);
}

function ofBinding({ root, namespace }: KubernetesObject): ObjectReference[] {
  const role = root.at('roleRef');
  const group = 'rbac.authorization.k8s.io';
  return role.at('kind').value === 'Role'
    ? to(`Role.${group}`, role.at('name'), namespace)
    : to(`ClusterRole.${group}`, role.at('name'));
}

function to(kind: string, place: Field, namespace?: string): ObjectReference[] {
  const name = place.string;
  return name ? [{ kind, name, namespace, place }] : [];
}
