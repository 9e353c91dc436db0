/**
 * The repository that the benchmark checks when it is given none: made from a fixed seed, so it has the same bytes on
 * every machine. Every tool that the benchmark knows can read it to the end: no broken YAML, no wrong types.
 */

const OBJECTS_PER_FILE = 1.2;
const SEED = 1876;

/**
 * Share of workloads with at least one such violation: 2,328 workloads of 25 public GitOps repositories. Of mounted
 * tokens and missing readiness probes, those that are findings, after docs/precision.md.
 */
const VIOLATIONS = {
  tokenMounted: 0.2,
  noDigest: 0.942,
  noSeccomp: 0.826,
  capabilitiesKept: 0.769,
  privilegeEscalation: 0.767,
  writableRoot: 0.763,
  noCpuLimit: 0.741,
  noMemoryLimit: 0.728,
  mayRunAsRoot: 0.711,
  noMemoryRequest: 0.705,
  noLiveness: 0.435,
  defaultServiceAccount: 0.429,
  noReadiness: 0.16,
  oneReplica: 0.397,
  mutableTag: 0.342,
  implicitRegistry: 0.238,
  secretAsEnv: 0.213,
  hostPath: 0.032,
  privileged: 0.03,
  hostNetwork: 0.025,
  capabilitiesAdded: 0.01,
  runAsRoot: 0.01,
  probeHost: 0.005,
  hostPID: 0.004,
  hostPort: 0.004,
  hostIPC: 0.001,
};

/** Share of references to something that the repository does not have, in the plain manifests of 42 public ones. */
const MISSING = 0.04;

const ENVIRONMENTS = ['production', 'staging', 'development'];
const TEAMS = (
  'accounts billing catalog checkout claims content crm data delivery devtools documents edge fraud identity insights ' +
  'inventory invoicing ledger logistics loyalty mail maps media messaging mobile notifications orders partners payments ' +
  'platform pricing profiles recommendations reporting returns search shipping support tax warehouse'
).split(' ');
const COMPONENTS = ['api', 'web', 'worker', 'cache', 'gateway', 'indexer', 'sync', 'scheduler'];
const WORDS = (
  'account address archive batch broker bucket budget buffer cart channel client cluster consumer contract counter credit ' +
  'cursor deadline digest discount endpoint event export feature filter gateway import index invoice journal latency limit ' +
  'listener locale metric mirror offer order partition payment policy pool price producer profile queue quota rate record ' +
  'region replica report request retry route sample schema session shard signal snapshot stock storage stream timeout token ' +
  'topic trace upload vendor version window worker zone'
).split(' ');
/** Names that YAML 1.1 or 1.2 reads as something else than a string. */
const NOT_STRINGS = new Set(['true', 'false', 'yes', 'no', 'on', 'off', 'null']);

/**
 * Numbers from 0 (inclusive) to 1 (exclusive), the same for the same seed: the mulberry32 generator.
 *
 * @param {number} seed
 */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A dice box over one generator.
 *
 * @param {() => number} random
 */
function diceFrom(random) {
  /** @param {number} share */
  const chance = (share) => random() < share;
  /** @param {number} least @param {number} most */
  const between = (least, most) => least + Math.floor(random() * (most - least + 1));
  /** @template T @param {readonly T[]} list @returns {T} */
  const pick = (list) => list[Math.floor(random() * list.length)];
  /** @param {number} length */
  const hex = (length) => Array.from({ length }, () => between(0, 15).toString(16)).join('');
  const words = () => `${pick(WORDS)} ${pick(WORDS)} ${pick(WORDS)}`;
  return { chance, between, pick, hex, words };
}

/** @typedef {ReturnType<typeof diceFrom>} Dice */
/** @typedef {Record<string, unknown>} Manifest */
/** @typedef {Record<keyof typeof VIOLATIONS, boolean>} Violations */

/** @param {string} text */
function plainOrQuoted(text) {
  const plain =
    /^([A-Za-z/][\w./@-]*([ :][\w./@-]+)*|\d+(m|h|Mi|Gi))$/.test(text) &&
    !NOT_STRINGS.has(text.toLowerCase());
  return plain ? text : JSON.stringify(text);
}

/**
 * Lines of block-style YAML. Fields that are `undefined` are left out.
 *
 * @param {unknown} value
 * @returns {string[]}
 */
function yamlLines(value) {
  if (Array.isArray(value))
    return value.flatMap((item) => yamlLines(item).map((line, index) => (index === 0 ? '- ' : '  ') + line));
  if (typeof value === 'string') return [plainOrQuoted(value)];
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([key, field]) => {
    if (field === undefined) return [];
    const name = plainOrQuoted(key);
    if (typeof field === 'string' && field.includes('\n'))
      return [
        `${name}: |`,
        ...field
          .trimEnd()
          .split('\n')
          .map((line) => (line === '' ? '' : `  ${line}`)),
      ];
    if (typeof field !== 'object' || field === null) return [`${name}: ${yamlLines(field)[0]}`];
    if (Object.keys(field).length === 0) return [`${name}: ${Array.isArray(field) ? '[]' : '{}'}`];
    return [`${name}:`, ...yamlLines(field).map((line) => `  ${line}`)];
  });
}

/**
 * The text of one file, some of it with the comments that people leave in manifests.
 *
 * @param {Dice} dice
 * @param {readonly Manifest[]} manifests
 */
function yamlFile(dice, manifests) {
  const documents = manifests.map((manifest) => {
    let text = `${yamlLines(manifest).join('\n')}\n`;
    if (dice.chance(0.2))
      text = text.replace('\nspec:\n', `\n# ${dice.words()}, see ${dice.pick(TEAMS)}\nspec:\n`);
    if (dice.chance(0.2)) text = text.replace(/\n( +image: \S+)\n/, `\n$1  # ${dice.words()}\n`);
    return text;
  });
  const head = dice.chance(0.3) ? `# Owned by ${dice.pick(TEAMS)}: ${dice.words()}.\n` : '';
  return head + (dice.chance(0.25) ? '---\n' : '') + documents.join('---\n');
}

/** @param {Dice} dice @returns {Violations} */
function violationsOf(dice) {
  const entries = Object.entries(VIOLATIONS).map(([name, share]) => [name, dice.chance(share)]);
  return /** @type {Violations} */ (Object.fromEntries(entries));
}

/** @param {Dice} dice @param {Violations} has @param {string} name */
function imageOf(dice, has, name) {
  const registry = has.implicitRegistry
    ? dice.pick(['', 'bitnami/'])
    : dice.pick(['ghcr.io/acme/', 'registry.acme.example/']);
  const version = `:${dice.between(0, 9)}.${dice.between(0, 30)}.${dice.between(0, 20)}`;
  const tag = has.mutableTag ? dice.pick(['', ':latest', ':latest']) : version;
  return registry + name + tag + (has.noDigest ? '' : `@sha256:${dice.hex(64)}`);
}

/** @param {Dice} dice @param {Violations} has @param {string} app @param {string} name @param {boolean} serves */
function container(dice, has, app, name, serves) {
  const port = dice.between(3000, 9999);
  const probe = {
    httpGet: { path: '/healthz', port: 'http', host: has.probeHost ? 'localhost' : undefined },
    periodSeconds: dice.between(5, 30),
  };
  const memory = dice.pick(['64Mi', '128Mi', '256Mi', '512Mi', '1Gi']);
  const variables = Array.from({ length: dice.between(1, 6) }, () => ({
    name: `${dice.pick(WORDS)}_${dice.pick(WORDS)}`.toUpperCase(),
    value: dice.pick([
      dice.words(),
      String(dice.between(1, 9000)),
      'true',
      `${dice.pick(WORDS)}.svc.cluster.local`,
    ]),
  }));
  const secret = {
    name: 'PASSWORD',
    valueFrom: { secretKeyRef: { name: `${app}-secrets`, key: 'password' } },
  };
  const added = has.capabilitiesAdded ? ['SYS_ADMIN'] : undefined;
  const dropped = has.capabilitiesKept ? undefined : ['ALL'];
  const securityContext = {
    allowPrivilegeEscalation: has.privilegeEscalation || has.privileged ? undefined : false,
    capabilities: (added ?? dropped) ? { add: added, drop: dropped } : undefined,
    privileged: has.privileged ? true : undefined,
    readOnlyRootFilesystem: has.writableRoot ? undefined : true,
  };
  return {
    name,
    image: imageOf(dice, has, name),
    imagePullPolicy: dice.chance(0.4) ? 'IfNotPresent' : undefined,
    args: dice.chance(0.3) ? [`--${dice.pick(WORDS)}=${dice.pick(WORDS)}`, '--verbose'] : undefined,
    ports: serves
      ? [{ name: 'http', containerPort: port, hostPort: has.hostPort ? port : undefined, protocol: 'TCP' }]
      : undefined,
    env: has.secretAsEnv ? [...variables, secret] : variables,
    livenessProbe: serves && !has.noLiveness ? probe : undefined,
    readinessProbe: serves && !has.noReadiness ? probe : undefined,
    resources: {
      requests: {
        cpu: dice.pick(['50m', '100m', '250m', '1']),
        memory: has.noMemoryRequest ? undefined : memory,
      },
      limits:
        has.noCpuLimit && has.noMemoryLimit
          ? undefined
          : { cpu: has.noCpuLimit ? undefined : '1', memory: has.noMemoryLimit ? undefined : memory },
    },
    securityContext: Object.values(securityContext).some((field) => field !== undefined)
      ? securityContext
      : undefined,
    volumeMounts: [{ name: 'config', mountPath: '/etc/app', readOnly: true }],
  };
}

/**
 * A Deployment, StatefulSet, DaemonSet or CronJob with one to three containers.
 *
 * @param {Dice} dice
 * @param {Violations} has
 * @param {{ name: string, namespace: string, labels: Record<string, string> }} metadata
 * @param {boolean} scaled Whether a HorizontalPodAutoscaler decides the number of replicas of a Deployment.
 * @returns {Manifest}
 */
function workload(dice, has, metadata, scaled) {
  const kind = dice.pick([
    ...Array(16).fill('Deployment'),
    'StatefulSet',
    'StatefulSet',
    'DaemonSet',
    'CronJob',
  ]);
  const serves = kind !== 'CronJob';
  const sidecars = dice.pick([[], [], [], ['proxy'], ['proxy', 'metrics']]);
  const podSecurityContext = {
    runAsNonRoot: has.mayRunAsRoot ? undefined : true,
    runAsUser: has.runAsRoot ? 0 : undefined,
    seccompProfile: has.noSeccomp ? undefined : { type: 'RuntimeDefault' },
    fsGroup: dice.chance(0.3) ? 2000 : undefined,
  };
  const spec = {
    serviceAccountName: has.defaultServiceAccount ? undefined : metadata.name,
    automountServiceAccountToken: has.tokenMounted ? undefined : false,
    hostNetwork: has.hostNetwork ? true : undefined,
    hostPID: has.hostPID ? true : undefined,
    hostIPC: has.hostIPC ? true : undefined,
    restartPolicy: serves ? undefined : 'OnFailure',
    securityContext: Object.values(podSecurityContext).some((field) => field !== undefined)
      ? podSecurityContext
      : undefined,
    containers: [metadata.name, ...sidecars].map((name) => container(dice, has, metadata.name, name, serves)),
    volumes: [
      { name: 'config', configMap: { name: `${metadata.name}-config` } },
      ...(has.hostPath ? [{ name: 'logs', hostPath: { path: '/var/log' } }] : []),
    ],
  };
  const template = { metadata: { labels: metadata.labels }, spec };
  const selector = { matchLabels: metadata.labels };
  const replicas = scaled ? undefined : has.oneReplica ? 1 : dice.between(2, 6);
  switch (kind) {
    case 'CronJob': {
      const schedule = `${dice.between(0, 59)} ${dice.between(0, 23)} * * *`;
      return {
        apiVersion: 'batch/v1',
        kind,
        metadata,
        spec: { schedule, jobTemplate: { spec: { template } } },
      };
    }
    case 'DaemonSet':
      return { apiVersion: 'apps/v1', kind, metadata, spec: { selector, template } };
    case 'StatefulSet':
      return {
        apiVersion: 'apps/v1',
        kind,
        metadata,
        spec: { serviceName: metadata.name, replicas, selector, template },
      };
    default:
      return { apiVersion: 'apps/v1', kind, metadata, spec: { replicas, selector, template } };
  }
}

/** @param {Dice} dice @returns {Record<string, string>} */
function configuration(dice) {
  const setting = () => `${dice.pick(WORDS)}_${dice.pick(WORDS)}: ${dice.words()}`;
  const section = () =>
    `${dice.pick(WORDS)}:\n${Array.from({ length: dice.between(3, 12) }, () => `  ${setting()}`).join('\n')}`;
  const text = Array.from({ length: dice.between(1, 9) }, section).join('\n\n');
  return {
    LOG_LEVEL: dice.pick(['info', 'debug', 'warn']),
    MAX_CONNECTIONS: String(dice.between(1, 200)),
    'application.yaml': `${text}\n`,
  };
}

/** @param {Dice} dice @param {{ name: string, namespace: string }} metadata @returns {Manifest} */
function customResource(dice, metadata) {
  const { name, namespace } = metadata;
  return dice.pick([
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata,
      spec: { selector: { matchLabels: { app: name } }, endpoints: [{ port: 'http', interval: '30s' }] },
    },
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata,
      spec: {
        secretName: `${name}-tls`,
        dnsNames: [`${name}.${namespace}.example.com`],
        issuerRef: { name: 'letsencrypt', kind: 'ClusterIssuer' },
      },
    },
  ]);
}

/** @param {Dice} dice @param {string} namespace @param {string} name @returns {Manifest[]} */
function rbac(dice, namespace, name) {
  const wildcard = dice.chance(0.05);
  const rules = [
    {
      apiGroups: [wildcard ? '*' : ''],
      resources: wildcard ? ['*'] : ['configmaps', dice.pick(['pods', 'secrets', 'services'])],
      verbs: wildcard ? ['*'] : ['get', 'list', 'watch'],
    },
  ];
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  const clusterAdmin = dice.chance(0.02);
  const apiGroup = 'rbac.authorization.k8s.io';
  return [
    { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata: { name, namespace }, rules },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: clusterAdmin ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: clusterAdmin ? { name: `${namespace}-${name}` } : { name, namespace },
      roleRef: clusterAdmin
        ? { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' }
        : { apiGroup, kind: 'Role', name },
      subjects,
    },
  ];
}

/** @param {Dice} dice @param {string} name @param {string} namespace @returns {Manifest} */
function ingress(dice, name, namespace) {
  const host = `${name}.${namespace}.example.com`;
  const old = dice.chance(0.02);
  const backend = old ? { serviceName: name, servicePort: 80 } : { service: { name, port: { number: 80 } } };
  return {
    apiVersion: old ? 'networking.k8s.io/v1beta1' : 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace,
      annotations: {
        'cert-manager.io/cluster-issuer': 'letsencrypt',
        'nginx.ingress.kubernetes.io/proxy-body-size': '8m',
      },
    },
    spec: {
      ingressClassName: old ? undefined : 'nginx',
      tls: dice.chance(0.2) ? undefined : [{ hosts: [host], secretName: `${name}-tls` }],
      rules: [{ host, http: { paths: [{ path: '/', pathType: old ? undefined : 'Prefix', backend }] } }],
    },
  };
}

/**
 * What all namespaces of a cluster share.
 *
 * @returns {[name: string, manifests: Manifest[]][]}
 */
function clusterFiles() {
  const acme = {
    server: 'https://acme-v02.api.letsencrypt.org/directory',
    privateKeySecretRef: { name: 'letsencrypt' },
    solvers: [{ http01: { ingress: { ingressClassName: 'nginx' } } }],
  };
  const auth = { kubernetes: { mountPath: 'kubernetes', role: 'external-secrets' } };
  const vault = { server: 'https://vault.acme.example', path: 'apps', version: 'v2', auth };
  return [
    [
      'cluster-issuer',
      [
        {
          apiVersion: 'cert-manager.io/v1',
          kind: 'ClusterIssuer',
          metadata: { name: 'letsencrypt' },
          spec: { acme },
        },
      ],
    ],
    [
      'secret-store',
      [
        {
          apiVersion: 'external-secrets.io/v1',
          kind: 'ClusterSecretStore',
          metadata: { name: 'vault' },
          spec: { provider: { vault } },
        },
      ],
    ],
  ];
}

/** @param {Dice} dice @param {string} namespace @returns {[name: string, manifests: Manifest[]][]} */
function namespaceFiles(dice, namespace) {
  const pss = 'pod-security.kubernetes.io/enforce';
  const labels = {
    team: namespace.split('-')[0],
    [pss]: dice.chance(0.3) ? dice.pick(['baseline', 'restricted']) : undefined,
  };
  const deny = { podSelector: {}, policyTypes: dice.chance(0.95) ? ['Ingress', 'Egress'] : ['Egress'] };
  const dns = {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }],
  };
  const hard = { 'requests.cpu': '20', 'requests.memory': '64Gi', pods: '200' };
  const limits = [{ type: 'Container', default: { memory: '256Mi' }, defaultRequest: { cpu: '50m' } }];
  const networking = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };
  return [
    ['namespace', [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }]],
    [
      'quota',
      [{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota', namespace }, spec: { hard } }],
    ],
    [
      'limits',
      [{ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'limits', namespace }, spec: { limits } }],
    ],
    [
      'network-policies',
      [
        { ...networking, metadata: { name: 'default-deny', namespace }, spec: deny },
        { ...networking, metadata: { name: 'allow-dns', namespace }, spec: dns },
      ],
    ],
    ['rbac', rbac(dice, namespace, 'deployer')],
  ];
}

/**
 * What makes a Secret: mostly an ExternalSecret, sometimes the Secret itself.
 *
 * @param {Dice} dice
 * @param {string} namespace
 * @param {string} name
 * @returns {Manifest}
 */
function secret(dice, namespace, name) {
  const metadata = { name, namespace };
  if (dice.chance(0.2)) {
    const stringData = { username: dice.pick(WORDS), password: dice.hex(16) };
    return { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', stringData };
  }
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata,
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
      target: { name },
      data: [{ secretKey: 'password', remoteRef: { key: `${namespace}/${name}`, property: 'password' } }],
    },
  };
}

/**
 * The objects that run one component of an application: the first is its workload.
 *
 * @param {Dice} dice
 * @param {string} namespace
 * @param {string} name
 * @returns {[name: string, manifest: Manifest][]}
 */
function component(dice, namespace, name) {
  const has = violationsOf(dice);
  const labels = { app: name };
  const metadata = { name, namespace, labels };
  const scaled = dice.chance(0.15);
  const pod = workload(dice, has, metadata, scaled);
  const kind = String(pod.kind);
  /** @type {[string, Manifest][]} */
  const files = [[kind.toLowerCase(), pod]];
  if (kind !== 'CronJob' && dice.chance(0.8)) {
    const selector = dice.chance(0.01) ? { app: `${name}-old` } : labels;
    const spec = { selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }] };
    files.push(['service', { apiVersion: 'v1', kind: 'Service', metadata, spec }]);
  }
  if (!dice.chance(MISSING)) {
    const config = { name: `${name}-config`, namespace, labels };
    files.push([
      'configmap',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: config, data: configuration(dice) },
    ]);
  }
  if (has.secretAsEnv && !dice.chance(MISSING))
    files.push(['secret', secret(dice, namespace, `${name}-secrets`)]);
  if (!has.defaultServiceAccount)
    files.push([
      'serviceaccount',
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    ]);
  if (kind === 'Deployment' && scaled) {
    const metrics = [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
      },
    ];
    const spec = {
      scaleTargetRef: { apiVersion: 'apps/v1', kind, name },
      minReplicas: 2,
      maxReplicas: 8,
      metrics,
    };
    files.push(['hpa', { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata, spec }]);
  }
  if (!has.oneReplica && dice.chance(0.25)) {
    const unhealthyPodEvictionPolicy = dice.chance(0.1) ? undefined : 'AlwaysAllow';
    const spec = { minAvailable: 1, selector: { matchLabels: labels }, unhealthyPodEvictionPolicy };
    files.push(['pdb', { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec }]);
  }
  return files;
}

/**
 * The objects that an application has once.
 *
 * @param {Dice} dice
 * @param {string} namespace
 * @param {string} name
 * @param {string} front The component that is served to the outside.
 * @returns {[name: string, manifests: Manifest[]][]}
 */
function applicationFiles(dice, namespace, name, front) {
  /** @type {[string, Manifest[]][]} */
  const files = [];
  const metadata = { name, namespace };
  if (dice.chance(0.5)) files.push(['ingress', [ingress(dice, front, namespace)]]);
  if (dice.chance(0.2)) {
    const from = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }];
    const spec = {
      podSelector: { matchLabels: { app: front } },
      policyTypes: ['Ingress'],
      ingress: [{ from }],
    };
    files.push([
      'networkpolicy',
      [{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec }],
    ]);
  }
  if (dice.chance(0.4)) files.push(['rbac', rbac(dice, namespace, front)]);
  if (dice.chance(0.2)) {
    const spec = {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: `${dice.between(1, 50)}Gi` } },
    };
    files.push(['pvc', [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec }]]);
  }
  files.push(['monitoring', [customResource(dice, { name: front, namespace })]]);
  return files;
}

/**
 * A GitOps repository of plain manifests: 10,000 files with about 12,000 objects in 120 namespaces, about 10 MB.
 *
 * @param {number} most Number of files.
 * @returns {Map<string, string>} The text of each file by its path in the repository.
 */
export function gitOpsTree(most = 10_000) {
  const dice = diceFrom(randomFrom(SEED));
  /** @type {Map<string, string>} */
  const tree = new Map();
  let objects = 0;
  /** @param {string} path @param {readonly Manifest[]} manifests */
  const add = (path, manifests) => {
    objects += manifests.length;
    if (manifests.length === 1 && dice.chance(0.01))
      tree.set(`${path}.json`, `${JSON.stringify(manifests[0], null, 2)}\n`);
    else tree.set(`${path}.yaml`, yamlFile(dice, manifests));
  };

  for (const environment of ENVIRONMENTS)
    for (const [name, manifests] of clusterFiles()) add(`clusters/${environment}/cluster/${name}`, manifests);

  const namespaces = ENVIRONMENTS.flatMap((environment) => TEAMS.map((team) => ({ team, environment })));
  for (const { team, environment } of namespaces)
    for (const [name, manifests] of namespaceFiles(dice, `${team}-${environment}`))
      add(`clusters/${environment}/${team}/namespace/${name}`, manifests);

  for (let count = 0; tree.size < most; count++) {
    const { team, environment } = namespaces[count % namespaces.length];
    const namespace = `${team}-${environment}`;
    const name = `${dice.pick(WORDS)}-${count}`;
    const directory = `clusters/${environment}/${team}/${name}`;
    const start = dice.between(0, COMPONENTS.length - 1);
    const components = Array.from(
      { length: dice.between(1, 3) },
      (_, index) => COMPONENTS[(start + index) % COMPONENTS.length],
    );
    for (const part of components) {
      const [[kind, pod], ...others] = component(dice, namespace, `${name}-${part}`);
      const inOneFile = [pod];
      for (const [other, manifest] of others)
        if (objects + inOneFile.length < OBJECTS_PER_FILE * tree.size) inOneFile.push(manifest);
        else add(`${directory}/${part}-${other}`, [manifest]);
      add(`${directory}/${part}-${kind}`, inOneFile);
    }
    for (const [file, manifests] of applicationFiles(dice, namespace, name, `${name}-${components[0]}`))
      add(`${directory}/${file}`, manifests);
    if (dice.chance(0.2))
      tree.set(`${directory}/README.md`, `# ${name}\n\n${dice.words()}, ${dice.words()}.\n`);
  }
  return new Map([...tree].slice(0, most));
}

/**
 * The smallest repository that is worth a check: one hardened Deployment.
 *
 * @returns {Map<string, string>} The text of its only file by its path.
 */
export function oneFileTree() {
  const dice = diceFrom(randomFrom(SEED));
  const none = /** @type {Violations} */ (
    Object.fromEntries(Object.keys(VIOLATIONS).map((name) => [name, false]))
  );
  const pod = workload(dice, none, { name: 'api', namespace: 'shop', labels: { app: 'api' } }, false);
  return new Map([['deployment.yaml', yamlFile(dice, [pod])]]);
}
