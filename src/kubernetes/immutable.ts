import { type Field, isObject } from './field.ts';
import type { KubernetesObject } from './object.ts';
import { isPlaceholder } from './placeholder.ts';
import { parseQuantity } from './quantity.ts';

/** A field that cannot have the value that it has now, since the object had another one before. */
export interface ImmutableChange {
  /** The deepest place that differs, in the object as it is now; it need not exist. */
  readonly place: Field;
  /** Which field it is, such as `spec.selector`. */
  readonly field: string;
  /** How the API server takes the change: as an error, or as if it had not been made. */
  readonly outcome: 'refused' | 'ignored';
}

/** Whether the API server may be asked to change a field from one value to another. */
type Allows = (before: Field, after: Field, objects: Roots) => boolean;

interface Roots {
  readonly before: Field;
  readonly after: Field;
}

interface Immutable {
  readonly path: readonly string[];
  /** What a field that is not set stands for. */
  readonly fallback?: unknown;
  /** Exceptions. */
  readonly allows?: Allows;
  /** Whether the field as a whole is marked, because its value is secret. */
  readonly whole?: boolean;
}

const selector: Immutable = { path: ['spec', 'selector'] };

/** What is unset may have been set by the API server: then the value now may be the same. */
const wasUnset: Allows = (before) => !before.exists;

const isMutable: Allows = (_, __, { before }) => before.at('immutable').value !== true;

/** The API server keeps `stringData` in `data`. */
const isSecretMutable: Allows = (was, is, roots) =>
  isMutable(was, is, roots) || roots.before.at('stringData').exists !== roots.after.at('stringData').exists;

/** Of a change from one source to another the new one is told. */
const isGone: Allows = (_, after) => !after.exists;

const volumeSources = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'csi',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'glusterfs',
  'hostPath',
  'iscsi',
  'local',
  'nfs',
  'photonPersistentDisk',
  'portworxVolume',
  'quobyte',
  'rbd',
  'scaleIO',
  'storageos',
  'vsphereVolume',
];

/**
 * The fields that an update of an object may not change, by `Kind.group`. Source: kubernetes/kubernetes v1.36.0,
 * pkg/apis/*\/validation; apiextensions-apiserver v0.36.0.
 */
const immutables: ReadonlyMap<string, readonly Immutable[]> = new Map<string, readonly Immutable[]>([
  ['Deployment.apps', [selector]],
  ['ReplicaSet.apps', [selector]],
  ['DaemonSet.apps', [selector]],
  [
    'StatefulSet.apps',
    [
      selector,
      { path: ['spec', 'serviceName'] },
      { path: ['spec', 'podManagementPolicy'], fallback: 'OrderedReady' },
      { path: ['spec', 'volumeClaimTemplates'] },
    ],
  ],
  [
    'Job.batch',
    [
      { path: ['spec', 'selector'] },
      {
        path: ['spec', 'template'],
        // The scheduling of a Job that has not started may change.
        allows: (_, __, { before }) => before.at('spec', 'suspend').value === true,
      },
      {
        path: ['spec', 'completions'],
        allows: (before, _, { after }) =>
          !before.exists || after.at('spec', 'completionMode').value === 'Indexed',
      },
      { path: ['spec', 'completionMode'], fallback: 'NonIndexed' },
      { path: ['spec', 'podFailurePolicy'] },
      { path: ['spec', 'backoffLimitPerIndex'] },
      { path: ['spec', 'managedBy'] },
      { path: ['spec', 'successPolicy'] },
    ],
  ],
  ['Service', [{ path: ['spec', 'clusterIP'], allows: allowsClusterIp }]],
  [
    'PersistentVolumeClaim',
    [
      { path: ['spec', 'accessModes'] },
      { path: ['spec', 'selector'] },
      { path: ['spec', 'storageClassName'], allows: wasUnset },
      { path: ['spec', 'volumeName'], allows: (before) => !before.string },
      { path: ['spec', 'volumeMode'], fallback: 'Filesystem' },
      { path: ['spec', 'dataSource'], allows: wasUnset },
      { path: ['spec', 'dataSourceRef'], allows: wasUnset },
      { path: ['spec', 'resources', 'requests', 'storage'], allows: isGrowth },
    ],
  ],
  [
    'PersistentVolume',
    [
      ...volumeSources.map((name) => ({ path: ['spec', name], allows: isGone })),
      { path: ['spec', 'volumeMode'], fallback: 'Filesystem' },
      { path: ['spec', 'nodeAffinity'], allows: wasUnset },
    ],
  ],
  [
    'StorageClass.storage.k8s.io',
    [
      { path: ['provisioner'] },
      { path: ['parameters'] },
      { path: ['reclaimPolicy'], fallback: 'Delete' },
      { path: ['volumeBindingMode'], fallback: 'Immediate' },
    ],
  ],
  ['VolumeAttributesClass.storage.k8s.io', [{ path: ['driverName'] }, { path: ['parameters'] }]],
  [
    'CSIDriver.storage.k8s.io',
    [
      { path: ['spec', 'attachRequired'], fallback: true },
      { path: ['spec', 'volumeLifecycleModes'], fallback: ['Persistent'] },
    ],
  ],
  ['RoleBinding.rbac.authorization.k8s.io', [{ path: ['roleRef'] }]],
  ['ClusterRoleBinding.rbac.authorization.k8s.io', [{ path: ['roleRef'] }]],
  [
    'Secret',
    [
      { path: ['type'], fallback: 'Opaque' },
      { path: ['immutable'], fallback: false, allows: isMutable },
      { path: ['data'], allows: isSecretMutable, whole: true },
      { path: ['stringData'], allows: isSecretMutable, whole: true },
    ],
  ],
  [
    'ConfigMap',
    [
      { path: ['immutable'], fallback: false, allows: isMutable },
      { path: ['data'], allows: isMutable },
      { path: ['binaryData'], allows: isMutable },
    ],
  ],
  ['IngressClass.networking.k8s.io', [{ path: ['spec', 'controller'] }]],
  [
    'PriorityClass.scheduling.k8s.io',
    [
      { path: ['value'], fallback: 0 },
      { path: ['preemptionPolicy'], fallback: 'PreemptLowerPriority' },
    ],
  ],
  ['RuntimeClass.node.k8s.io', [{ path: ['handler'] }]],
  [
    'CustomResourceDefinition.apiextensions.k8s.io',
    [
      { path: ['spec', 'group'] },
      { path: ['spec', 'scope'] },
      { path: ['spec', 'names', 'kind'] },
      { path: ['spec', 'names', 'plural'] },
    ],
  ],
]);

/** `Kind.group` of the objects that have fields which cannot change. */
export const immutableKinds: readonly string[] = [...immutables.keys()];

/** The fields that an update from one state of an object to another must not change and does. */
export function immutableChanges(before: KubernetesObject, after: KubernetesObject): ImmutableChange[] {
  const roots = { before: before.root, after: after.root };
  return (immutables.get(after.groupKind) ?? []).flatMap(({ path, fallback, allows, whole }) => {
    const [was, is] = [before.root.at(...path), after.root.at(...path)];
    const place = differing(was.exists ? was.value : fallback, is.exists ? is.value : fallback, is);
    if (place === undefined || allows?.(was, is, roots)) return [];
    // The API server fills an address that is left out with the one from before, and `None` is one.
    const isKept = path.at(-1) === 'clusterIP' && !is.string;
    return [{ place: whole ? is : place, field: path.join('.'), outcome: isKept ? 'ignored' : 'refused' }];
  });
}

/** The API server keeps an address that is left out, and gives an address to a Service without one. */
function allowsClusterIp(before: Field, after: Field, roots: Roots): boolean {
  const isExternal = (root: Field) => root.at('spec', 'type').value === 'ExternalName';
  if (isExternal(roots.before) || isExternal(roots.after)) return true;
  if (!after.string) return before.value !== 'None';
  return !before.string && after.value !== 'None';
}

function isGrowth(before: Field, after: Field): boolean {
  const [was, is] = [parseQuantity(before.value), parseQuantity(after.value)];
  return was === undefined || is === undefined || is >= was;
}

/**
 * The deepest place below a field at which two values differ; undefined when the API server takes them for equal: the
 * order of properties, empty values and how a quantity is written do not count.
 */
function differing(before: unknown, after: unknown, field: Field): Field | undefined {
  if (isEmpty(before) && isEmpty(after)) return undefined;
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, item] of before.entries()) {
      const found = differing(item, after[index], field.at(index));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(after), ...Object.keys(before)])) {
      if (serverSet.has(key) && (before[key] === undefined || after[key] === undefined)) continue;
      const found = differing(before[key], after[key], field.at(key));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const isSame = before === after || isUnknown(before) || isUnknown(after);
  return isSame || isSameQuantity(before, after, field) ? undefined : field;
}

/** What the API server sets when it is left out. */
const serverSet: ReadonlySet<string> = new Set([
  'apiGroup',
  'apiVersion',
  'controllerExpandSecretRef',
  'creationTimestamp',
  'kind',
  'status',
  'volumeMode',
]);

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '';
}

function isUnknown(value: unknown): boolean {
  return typeof value === 'string' && isPlaceholder(value);
}

/** Whether two values below `requests` or `limits` are the same amount. */
function isSameQuantity(before: unknown, after: unknown, { parent }: Field): boolean {
  if (parent?.key !== 'requests' && parent?.key !== 'limits') return false;
  const amount = parseQuantity(before);
  return amount !== undefined && amount === parseQuantity(after);
}
