import namespacePsaMissing from './admission/namespace-psa-missing.ts';
import namespacePsaWeak from './admission/namespace-psa-weak.ts';
import policyDangling from './admission/policy-dangling.ts';
import policyInvalid from './admission/policy-invalid.ts';
import policyNotEnforcing from './admission/policy-not-enforcing.ts';
import webhookLockout from './admission/webhook-lockout.ts';
import webhookWeak from './admission/webhook-weak.ts';
import deprecatedApi from './api/deprecated-api.ts';
import removedApi from './api/removed-api.ts';
import removedCrdApi from './api/removed-crd-api.ts';
import apiEndpointPublic from './control-plane/api-endpoint-public.ts';
import auditLogOff from './control-plane/audit-log-off.ts';
import auditPolicyWeak from './control-plane/audit-policy-weak.ts';
import authorizationMode from './control-plane/authorization-mode.ts';
import clusterVersionUnsupported from './control-plane/cluster-version-unsupported.ts';
import controlPlaneTls from './control-plane/control-plane-tls.ts';
import coreAdmission from './control-plane/core-admission.ts';
import encryptionAtRest from './control-plane/encryption-at-rest.ts';
import etcdTls from './control-plane/etcd-tls.ts';
import kubeletConfig from './control-plane/kubelet-config.ts';
import staticCredentialFiles from './control-plane/static-credential-files.ts';
import appprojectWildcards from './gitops/appproject-wildcards.ts';
import appsetUntrustedGenerator from './gitops/appset-untrusted-generator.ts';
import argoDefaultProject from './gitops/argo-default-project.ts';
import argoIgnoreBroad from './gitops/argo-ignore-broad.ts';
import argoLocalOrAnonymousUser from './gitops/argo-local-or-anonymous-user.ts';
import argoNoDriftCorrection from './gitops/argo-no-drift-correction.ts';
import argoRbacPermissive from './gitops/argo-rbac-permissive.ts';
import argoServerInsecure from './gitops/argo-server-insecure.ts';
import engineGraphBroken from './gitops/engine-graph-broken.ts';
import fluxDecryptionMissing from './gitops/flux-decryption-missing.ts';
import fluxDriftOrPruneOff from './gitops/flux-drift-or-prune-off.ts';
import fluxSourceUnpinned from './gitops/flux-source-unpinned.ts';
import reconciliationDisabled from './gitops/reconciliation-disabled.ts';
import endOfLifeSoftware from './image/end-of-life-software.ts';
import frozenRegistry from './image/frozen-registry.ts';
import mutableTag from './image/mutable-tag.ts';
import registryNotAllowed from './image/registry-not-allowed.ts';
import crossNamespaceRoute from './ingress/cross-namespace-route.ts';
import hostPathConflict from './ingress/host-path-conflict.ts';
import listenerOrBackendInsecure from './ingress/listener-or-backend-insecure.ts';
import sensitiveUiUnprotected from './ingress/sensitive-ui-unprotected.ts';
import snippetAnnotation from './ingress/snippet-annotation.ts';
import tlsHostUncovered from './ingress/tls-host-uncovered.ts';
import tlsMissing from './ingress/tls-missing.ts';
import meshAuthzAllowAll from './mesh/mesh-authz-allow-all.ts';
import meshGatewayWeak from './mesh/mesh-gateway-weak.ts';
import mtlsDisabled from './mesh/mtls-disabled.ts';
import allowAllIngress from './network/allow-all-ingress.ts';
import apiserverExposed from './network/apiserver-exposed.ts';
import defaultDenyIngress from './network/default-deny-ingress.ts';
import ineffectivePolicy from './network/ineffective-policy.ts';
import loadbalancerOpen from './network/loadbalancer-open.ts';
import metadataReachable from './network/metadata-reachable.ts';
import podUnselected from './network/pod-unselected.ts';
import riskyService from './network/risky-service.ts';
import capabilitiesAdded from './pod/capabilities-added.ts';
import capabilitiesDangerous from './pod/capabilities-dangerous.ts';
import capabilitiesNotDropped from './pod/capabilities-not-dropped.ts';
import defaultNamespace from './pod/default-namespace.ts';
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
import serviceAccountToken from './pod/service-account-token.ts';
import unsafeSysctl from './pod/unsafe-sysctl.ts';
import windowsHostProcess from './pod/windows-host-process.ts';
import bindEscalateImpersonate from './rbac/bind-escalate-impersonate.ts';
import broadSubject from './rbac/broad-subject.ts';
import clusterAdminBinding from './rbac/cluster-admin-binding.ts';
import csrApproval from './rbac/csr-approval.ts';
import execAttachPortforward from './rbac/exec-attach-portforward.ts';
import nodesProxy from './rbac/nodes-proxy.ts';
import secretsRead from './rbac/secrets-read.ts';
import systemMasters from './rbac/system-masters.ts';
import tokenCreate from './rbac/token-create.ts';
import webhookWrite from './rbac/webhook-write.ts';
import wildcardResources from './rbac/wildcard-resources.ts';
import wildcardVerbs from './rbac/wildcard-verbs.ts';
import workloadTakeover from './rbac/workload-takeover.ts';
import buildBroken from './references/build-broken.ts';
import configReferenceMissing from './references/config-reference-missing.ts';
import duplicateObject from './references/duplicate-object.ts';
import objectReferenceMissing from './references/object-reference-missing.ts';
import routeWithoutBackend from './references/route-without-backend.ts';
import serviceWithoutBackend from './references/service-without-backend.ts';
import badQuantity from './resources/bad-quantity.ts';
import hpaBroken from './resources/hpa-broken.ts';
import memoryLimit from './resources/memory-limit.ts';
import memoryRequest from './resources/memory-request.ts';
import noRollingUpdate from './resources/no-rolling-update.ts';
import pdbBlocksEviction from './resources/pdb-blocks-eviction.ts';
import readiness from './resources/readiness.ts';
import type { Rule } from './rule.ts';
import immutableFieldChanged from './schema/immutable-field-changed.ts';
import invalidNameOrValue from './schema/invalid-name-or-value.ts';
import schemaInvalid from './schema/schema-invalid.ts';
import selectorMismatch from './schema/selector-mismatch.ts';
import yamlInvalid from './schema/yaml-invalid.ts';
import credentialInEnv from './secrets/credential-in-env.ts';
import legacySaToken from './secrets/legacy-sa-token.ts';
import plaintextSecret from './secrets/plaintext-secret.ts';
import privateKeyCommitted from './secrets/private-key-committed.ts';
import sopsIncomplete from './secrets/sops-incomplete.ts';
import rwoMultiReplica from './storage/rwo-multi-replica.ts';
import storageclassUnencrypted from './storage/storageclass-unencrypted.ts';
import chartVersionFloating from './supply-chain/chart-version-floating.ts';
import insecureSourceTransport from './supply-chain/insecure-source-transport.ts';
import remoteBaseUnpinned from './supply-chain/remote-base-unpinned.ts';

/** All rules, by id. */
export const rules: readonly Rule[] = [
  namespacePsaMissing,
  namespacePsaWeak,
  policyDangling,
  policyInvalid,
  policyNotEnforcing,
  webhookLockout,
  webhookWeak,
  deprecatedApi,
  removedApi,
  removedCrdApi,
  apiEndpointPublic,
  auditLogOff,
  auditPolicyWeak,
  authorizationMode,
  clusterVersionUnsupported,
  controlPlaneTls,
  coreAdmission,
  encryptionAtRest,
  etcdTls,
  kubeletConfig,
  staticCredentialFiles,
  appprojectWildcards,
  appsetUntrustedGenerator,
  argoDefaultProject,
  argoIgnoreBroad,
  argoLocalOrAnonymousUser,
  argoNoDriftCorrection,
  argoRbacPermissive,
  argoServerInsecure,
  engineGraphBroken,
  fluxDecryptionMissing,
  fluxDriftOrPruneOff,
  fluxSourceUnpinned,
  reconciliationDisabled,
  endOfLifeSoftware,
  frozenRegistry,
  mutableTag,
  registryNotAllowed,
  crossNamespaceRoute,
  hostPathConflict,
  listenerOrBackendInsecure,
  sensitiveUiUnprotected,
  snippetAnnotation,
  tlsHostUncovered,
  tlsMissing,
  meshAuthzAllowAll,
  meshGatewayWeak,
  mtlsDisabled,
  allowAllIngress,
  apiserverExposed,
  defaultDenyIngress,
  ineffectivePolicy,
  loadbalancerOpen,
  metadataReachable,
  podUnselected,
  riskyService,
  capabilitiesAdded,
  capabilitiesDangerous,
  capabilitiesNotDropped,
  defaultNamespace,
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
  serviceAccountToken,
  unsafeSysctl,
  windowsHostProcess,
  bindEscalateImpersonate,
  broadSubject,
  clusterAdminBinding,
  csrApproval,
  execAttachPortforward,
  nodesProxy,
  secretsRead,
  systemMasters,
  tokenCreate,
  webhookWrite,
  wildcardResources,
  wildcardVerbs,
  workloadTakeover,
  buildBroken,
  configReferenceMissing,
  duplicateObject,
  objectReferenceMissing,
  routeWithoutBackend,
  serviceWithoutBackend,
  badQuantity,
  hpaBroken,
  memoryLimit,
  memoryRequest,
  noRollingUpdate,
  pdbBlocksEviction,
  readiness,
  immutableFieldChanged,
  invalidNameOrValue,
  schemaInvalid,
  selectorMismatch,
  yamlInvalid,
  credentialInEnv,
  legacySaToken,
  plaintextSecret,
  privateKeyCommitted,
  sopsIncomplete,
  rwoMultiReplica,
  storageclassUnencrypted,
  chartVersionFloating,
  insecureSourceTransport,
  remoteBaseUnpinned,
];

/** Ids of all rules, in their order. */
export const ruleIds: readonly string[] = rules.map(({ id }) => id);
