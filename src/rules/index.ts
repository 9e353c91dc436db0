import removedApi from './api/removed-api.ts';
import mutableTag from './image/mutable-tag.ts';
import tlsMissing from './ingress/tls-missing.ts';
import defaultDenyIngress from './network/default-deny-ingress.ts';
import capabilitiesAdded from './pod/capabilities-added.ts';
import capabilitiesDangerous from './pod/capabilities-dangerous.ts';
import capabilitiesNotDropped from './pod/capabilities-not-dropped.ts';
import hostIpc from './pod/host-ipc.ts';
import hostNetwork from './pod/host-network.ts';
import hostPath from './pod/host-path.ts';
import hostPathSensitive from './pod/host-path-sensitive.ts';
import hostPid from './pod/host-pid.ts';
import hostPort from './pod/host-port.ts';
import lsmWeakened from './pod/lsm-weakened.ts';
import privilegeEscalation from './pod/privilege-escalation.ts';
import privileged from './pod/privileged.ts';
import probeHost from './pod/probe-host.ts';
import procMount from './pod/proc-mount.ts';
import restrictedVolumeType from './pod/restricted-volume-type.ts';
import runAsNonRoot from './pod/run-as-non-root.ts';
import runAsRootUid from './pod/run-as-root-uid.ts';
import runtimeSocket from './pod/runtime-socket.ts';
import seccomp from './pod/seccomp.ts';
import unsafeSysctl from './pod/unsafe-sysctl.ts';
import windowsHostProcess from './pod/windows-host-process.ts';
import clusterAdminBinding from './rbac/cluster-admin-binding.ts';
import wildcardResources from './rbac/wildcard-resources.ts';
import buildBroken from './references/build-broken.ts';
import duplicateObject from './references/duplicate-object.ts';
import serviceWithoutBackend from './references/service-without-backend.ts';
import memoryLimit from './resources/memory-limit.ts';
import type { Rule } from './rule.ts';
import schemaInvalid from './schema/schema-invalid.ts';
import yamlInvalid from './schema/yaml-invalid.ts';
import plaintextSecret from './secrets/plaintext-secret.ts';

/** All rules, by id. */
export const rules: readonly Rule[] = [
  removedApi,
  mutableTag,
  tlsMissing,
  defaultDenyIngress,
  capabilitiesAdded,
  capabilitiesDangerous,
  capabilitiesNotDropped,
  hostIpc,
  hostNetwork,
  hostPath,
  hostPathSensitive,
  hostPid,
  hostPort,
  lsmWeakened,
  privilegeEscalation,
  privileged,
  probeHost,
  procMount,
  restrictedVolumeType,
  runAsNonRoot,
  runAsRootUid,
  runtimeSocket,
  seccomp,
  unsafeSysctl,
  windowsHostProcess,
  clusterAdminBinding,
  wildcardResources,
  buildBroken,
  duplicateObject,
  serviceWithoutBackend,
  memoryLimit,
  schemaInvalid,
  yamlInvalid,
  plaintextSecret,
];

/** Ids of all rules, in their order. */
export const ruleIds: readonly string[] = rules.map(({ id }) => id);
