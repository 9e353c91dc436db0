import { grantsAnyOf, type PolicyRule, type Right } from './rbac.ts';

// Why each is dangerous: "Role Based Access Control Good Practices", Kubernetes documentation, section privilege
// escalation risks.

const everyWrite = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** What a subject can do with rights that lead to more rights. */
export interface Power {
  /** For messages, after "can". */
  readonly phrase: string;
  readonly rights: readonly Right[];
}

/** Reads Secrets that it need not know by name; `list` and `watch` show the content as `get` does. */
export const readSecrets: Power = {
  phrase: 'read all Secrets',
  rights: [{ apiGroup: '', resources: ['secrets'], verbs: ['get', 'list', 'watch'] }],
};

/**
 * Runs commands in pods that run already, or connects to them. Until Kubernetes 1.34 `get` was enough, through
 * a WebSocket; since then the API server also asks for `create` (kubernetes/kubernetes #134577).
 */
export function enterPods(kubernetesMinor: number): Power {
  const connect = kubernetesMinor < 35 ? ['get', 'create'] : ['create'];
  return {
    phrase: 'run commands in all pods or connect to them',
    rights: [
      { apiGroup: '', resources: ['pods/exec', 'pods/attach', 'pods/portforward'], verbs: connect },
      { apiGroup: '', resources: ['pods/ephemeralcontainers'], verbs: ['update', 'patch'] },
    ],
  };
}

/** Binds or writes roles with rights that it does not have itself. */
export const escalate: Power = {
  phrase: 'give itself any right',
  rights: [
    {
      apiGroup: 'rbac.authorization.k8s.io',
      resources: ['roles', 'clusterroles'],
      verbs: ['bind', 'escalate'],
    },
  ],
};

/** Acts as another user, group or ServiceAccount. */
export const impersonate: Power = {
  phrase: 'act as other users',
  rights: [
    { apiGroup: '', resources: ['users', 'groups', 'serviceaccounts'], verbs: ['impersonate'] },
    { apiGroup: 'authentication.k8s.io', resources: ['userextras', 'uids'], verbs: ['impersonate'] },
  ],
};

/** Talks to the kubelet, which runs commands in every pod of its node. */
export const proxyNodes: Power = {
  phrase: 'reach the kubelet of every node, and so run commands in every pod',
  rights: [{ apiGroup: '', resources: ['nodes/proxy'], verbs: ['get', ...everyWrite] }],
};

/** Gets certificates for any user signed. */
export const approveCertificates: Power = {
  phrase: 'approve certificates for any user',
  rights: [
    {
      apiGroup: 'certificates.k8s.io',
      resources: ['certificatesigningrequests/approval'],
      verbs: ['update', 'patch'],
    },
  ],
};

/** Decides what the API server admits, and sees or changes every object on its way in. */
export const writeAdmission: Power = {
  phrase: 'change what the API server admits',
  rights: [
    {
      apiGroup: 'admissionregistration.k8s.io',
      resources: [
        'mutatingwebhookconfigurations',
        'validatingwebhookconfigurations',
        'validatingadmissionpolicies',
        'validatingadmissionpolicybindings',
        'mutatingadmissionpolicies',
        'mutatingadmissionpolicybindings',
      ],
      verbs: everyWrite,
    },
  ],
};

/** Gets tokens of other ServiceAccounts. */
export const createTokens: Power = {
  phrase: 'get tokens of all ServiceAccounts',
  rights: [{ apiGroup: '', resources: ['serviceaccounts/token'], verbs: ['create'] }],
};

/** All of them. */
export function powers(kubernetesMinor: number): readonly Power[] {
  return [
    escalate,
    impersonate,
    readSecrets,
    createTokens,
    enterPods(kubernetesMinor),
    proxyNodes,
    approveCertificates,
    writeAdmission,
  ];
}

/** With `describe`, a command of kubectl that many write and for which the API server never asks. */
const reading: readonly unknown[] = ['get', 'list', 'watch', 'describe'];

/** Whether rules let their subject do no more than read, and no Secrets but those that are named. */
export function onlyReads(rules: readonly PolicyRule[]): boolean {
  return rules.every(
    (rule) =>
      rule
        .at('verbs')
        .items()
        .every(({ value }) => reading.includes(value)) && grantsAnyOf(rule, readSecrets.rights).length === 0,
  );
}
