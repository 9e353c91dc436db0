import { append, groupBy } from '../group-by.ts';
import defaults from './data/rbac-defaults.json' with { type: 'json' };
import type { Field } from './field.ts';
import type { Inventory, ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';
import { type Labels, labelsAt, matchesSelector } from './selector.ts';
import type { Account } from './service-account.ts';

const group = 'rbac.authorization.k8s.io';
const clusterRoleKind = `ClusterRole.${group}`;
const roleKind = `Role.${group}`;

/** `Kind.group` of the objects that hold policy rules. */
export const roleKinds: readonly string[] = [
  roleKind,
  clusterRoleKind,
  'ClusterServiceVersion.operators.coreos.com',
];

/** `Kind.group` of the bindings. */
export const bindingKinds: readonly string[] = [`ClusterRoleBinding.${group}`, `RoleBinding.${group}`];

const shippedRoles: ReadonlySet<string> = new Set([
  ...defaults.clusterRoles.map((name) => `ClusterRole/${name}`),
  ...defaults.roles.map((name) => `Role/${name}`),
]);

/** Whether Kubernetes itself ships a role of this name, so that an export of it is no mistake of its owner. */
export function isShippedRole({ kind, namespace, name }: KubernetesObject): boolean {
  return shippedRoles.has(kind === 'Role' ? `Role/${namespace}/${name}` : `${kind}/${name}`);
}

/** Whether a binding's `roleRef` names a ClusterRole that Kubernetes itself ships. */
export function isShippedClusterRole(roleRef: Field): boolean {
  return shippedRoles.has(`${roleRef.at('kind').string}/${roleRef.at('name').string}`);
}

const publicRoles: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(defaults.publicRoles));

/** Names of groups and users for whom the role of this name is meant. */
export function publicRoleSubjects(role: string): readonly string[] {
  return publicRoles.get(role) ?? [];
}

/** The policy rules written in a role, or in the roles that the Operator Lifecycle Manager makes of a ClusterServiceVersion. */
export function policyRulesIn({ root }: KubernetesObject): PolicyRule[] {
  const rules = root.at('rules').items();
  const install = root.at('spec', 'install', 'spec');
  if (!install.exists) return rules;
  const ofOperator = ['permissions', 'clusterPermissions'] as const;
  return [
    ...rules,
    ...ofOperator.flatMap((list) =>
      install
        .at(list)
        .items()
        .flatMap((role) => role.at('rules').items()),
    ),
  ];
}

/** A PolicyRule: verbs on resources of API groups, or on paths. */
export type PolicyRule = Field;

/** The verbs of the Kubernetes API on objects; with all of them on all resources nothing is out of reach. */
const objectVerbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** Whether rules taken together let their subject do everything to every resource, as cluster-admin may. */
export function grantsEverything(rules: readonly PolicyRule[]): boolean {
  const verbs = rules.filter(coversAllResources).flatMap((rule) => values(rule.at('verbs')));
  return verbs.includes('*') || objectVerbs.every((verb) => verbs.includes(verb));
}

/** Whether a policy rule is about all resources of all API groups. */
export function coversAllResources(rule: PolicyRule): boolean {
  return (
    values(rule.at('apiGroups')).includes('*') &&
    values(rule.at('resources')).includes('*') &&
    values(rule.at('resourceNames')).length === 0
  );
}

/** The texts in one of the lists of a policy rule, such as `resources`. */
export function stringsIn(rule: PolicyRule, list: string): string[] {
  return rule
    .at(list)
    .items()
    .flatMap(({ string }) => string ?? []);
}

/**
 * Whether a policy rule is only about metrics. Their APIs serve nothing but reads, and those of custom and external
 * metrics have names of metrics where resources stand (kubernetes/metrics, kubernetes-sigs/custom-metrics-apiserver).
 */
export function isOfMetrics(rule: PolicyRule): boolean {
  const groups = values(rule.at('apiGroups'));
  return groups.length > 0 && groups.every((group) => metricsGroups.has(group));
}

const metricsGroups: ReadonlySet<unknown> = new Set([
  'metrics.k8s.io',
  'custom.metrics.k8s.io',
  'external.metrics.k8s.io',
]);

/**
 * Whether an API group is one of custom resources or of metrics, which holds nothing of Kubernetes itself. The groups of
 * Kubernetes: kubernetes/api 10b39a3, kube-aggregator and apiextensions-apiserver. Those of OpenShift: what runs pods,
 * and what says who may do what.
 */
export function isCustomGroup(group: string): boolean {
  return group.includes('.') && !ownGroups.test(group);
}

const ownGroups =
  /^((admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|(flowcontrol|internal)\.apiserver|imagepolicy|networking|node|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io|(apps|authorization|build|config|machine|machineconfiguration|oauth|operator|project|security|template|user)\.openshift\.io)$/;

/** Something that RBAC lets a subject do: any of these verbs on any of these resources of an API group. */
export interface Right {
  readonly apiGroup: string;
  /** With the subresource, as in `pods/exec`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Where a policy rule grants a right. */
export interface Grant {
  readonly resource: Field;
  readonly verb: Field;
}

/**
 * Where a policy rule grants one of the rights on every object, by a resource that it names: one place for each such
 * resource. A rule for some `resourceNames` grants no such thing.
 *
 * Matches as kubernetes/component-helpers `auth/rbac/validation` does: `*` stands for all groups, resources or verbs,
 * `x` in the form `*` `/x` for that subresource of all resources, and nothing else is a pattern.
 */
export function grantsOf(rule: PolicyRule, rights: readonly Right[]): Grant[] {
  return rightsIn(rule, rights, (written, wanted) => {
    const slash = wanted.indexOf('/');
    return written === wanted || (slash > 0 && written === `*${wanted.slice(slash)}`);
  });
}

/** Where a policy rule grants one of the rights on every object, by name or by `*` for all resources. */
export function grantsAnyOf(rule: PolicyRule, rights: readonly Right[]): Grant[] {
  const all = rightsIn(rule, rights, (written) => written === '*');
  return [...all, ...grantsOf(rule, rights)];
}

function rightsIn(
  rule: PolicyRule,
  rights: readonly Right[],
  isResource: (written: unknown, wanted: string) => boolean,
): Grant[] {
  if (values(rule.at('resourceNames')).length > 0) return [];
  const groups = values(rule.at('apiGroups'));
  const listedVerbs = values(rule.at('verbs'));
  const listedResources = values(rule.at('resources'));
  // By place in the list of resources.
  const grants = new Map<number, Grant>();
  for (const { apiGroup, resources, verbs } of rights) {
    if (!groups.includes('*') && !groups.includes(apiGroup)) continue;
    const verb = listedVerbs.findIndex((value) => value === '*' || verbs.some((one) => one === value));
    if (verb < 0) continue;
    for (const [index, resource] of listedResources.entries())
      if (resources.some((wanted) => isResource(resource, wanted)) && !grants.has(index))
        grants.set(index, { resource: rule.at('resources', index), verb: rule.at('verbs', verb) });
  }
  return [...grants.values()];
}

/** In which namespaces a role's rights hold, as far as its bindings tell. */
export type Reach = 'cluster' | 'namespace' | 'unbound';

/** How a role is bound. */
export interface Holding<T extends KubernetesObject> {
  readonly reach: Reach;
  /** The binding that gives this reach, for a report. */
  readonly related: readonly { readonly manifest: T; readonly place: Field; readonly message: string }[];
}

/** By what a role is held: a ClusterRoleBinding before a RoleBinding, one of the same target before others. */
export function holdingOf<T extends KubernetesObject>(
  role: T,
  { target, environment }: Pick<Inventory<T>, 'target' | 'environment'>,
): Holding<T> {
  if (role.kind === 'Role') return { reach: 'namespace', related: [] };
  const holding = [target, environment].flatMap((index) => bindingsIn(index, role));
  const wide = holding.find(({ kind }) => kind === 'ClusterRoleBinding');
  const binding = wide ?? holding[0];
  if (binding === undefined) return { reach: 'unbound', related: [] };
  const related = [{ manifest: binding, place: binding.root.at('roleRef', 'name'), message: 'bound here' }];
  return { reach: wide === undefined ? 'namespace' : 'cluster', related };
}

/** The bindings of an index that give a ClusterRole's rules to anybody. */
export function bindingsIn<T extends KubernetesObject>(index: ObjectIndex<T>, clusterRole: T): T[] {
  const bindings = index.derived(rbacOf).bindingsTo(clusterRole);
  return bindings.filter(({ root }) => root.at('subjects').items().length > 0);
}

/** What the policy rules of a role grant. */
export interface RoleGrant<T extends KubernetesObject> extends Holding<T> {
  /** The first place. */
  readonly grant: Grant;
}

/**
 * Where the rules of a role grant one of the rights on every object: one grant for each reach, with the binding and
 * the other rules that grant as much as related places. Nothing for roles that Kubernetes ships.
 */
export function grantsIn<T extends KubernetesObject>(
  role: T,
  inventory: Pick<Inventory<T>, 'target' | 'environment'>,
  rights: readonly Right[],
): RoleGrant<T>[] {
  if (isShippedRole(role)) return [];
  const places = policyRulesIn(role).flatMap((rule) => {
    const [grant] = grantsOf(rule, rights);
    return grant === undefined ? [] : [{ grant, rule }];
  });
  if (places.length === 0) return [];
  const byReach = groupBy(places, ({ rule }) => (isRole(role) ? undefined : operatorReach(rule)));
  return [...byReach].flatMap(([reach, [first, ...others]]) => {
    if (first === undefined) return [];
    const holding = reach === undefined ? holdingOf(role, inventory) : { reach, related: [] };
    const also = others.map(({ grant }) => ({
      manifest: role,
      place: grant.resource,
      message: 'granted here as well',
    }));
    return [{ grant: first.grant, reach: holding.reach, related: [...holding.related, ...also] }];
  });
}

const isRole = ({ kind }: KubernetesObject) => kind === 'Role' || kind === 'ClusterRole';

/** The Operator Lifecycle Manager itself binds what a ClusterServiceVersion lists to the operator. */
function operatorReach(rule: PolicyRule): Reach {
  return rule.pointer.includes('/clusterPermissions/') ? 'cluster' : 'namespace';
}

/** The role that a binding refers to, of the same target if it has one; undefined when it is not to be told. */
export function boundRole<T extends KubernetesObject>(
  binding: T,
  { target, environment, repository }: Places<T>,
): { readonly role: T; readonly rules: readonly HeldRule<T>[] } | undefined {
  const near = target.derived(rbacOf);
  const [own] = near.rolesOf(binding);
  if (own !== undefined) return { role: own, rules: near.rulesOf(own) };
  const roles = repository
    .derived(rbacOf)
    .rolesOf(binding)
    .filter((role) => environment.has(role));
  const [role] = roles;
  // Unrelated parts of a repository may each have a role of this name.
  if (role === undefined || roles.length > 1) return undefined;
  return { role, rules: environment.derived(rbacOf).rulesOf(role) };
}

/** Where to look for roles and bindings. */
type Places<T extends KubernetesObject> = Pick<Inventory<T>, 'target' | 'environment' | 'repository'>;

/** A binding, and the subject in it that stands for somebody. */
export interface Membership<T extends KubernetesObject> {
  readonly binding: T;
  readonly subject: Field;
}

/** The bindings that give a ServiceAccount rights: those of the target, and those of its environment that name its namespace. */
export function membershipsOf<T extends KubernetesObject>(
  account: Account,
  { target, environment, repository }: Places<T>,
): Membership<T>[] {
  const near = target.derived(rbacOf).membershipsOf(account);
  // Every namespace has an account of the name default: bindings of other targets need not mean this one.
  if (account.namespace === undefined || account.name === 'default') return near;
  const known = new Set(near.map(({ binding }) => binding));
  const far = repository.derived(rbacOf).membershipsOf(account);
  return [
    ...near,
    // Elsewhere, an object without a namespace may be meant for any.
    ...far.filter(
      ({ binding, subject }) =>
        accountOf(subject)?.namespace === account.namespace &&
        !known.has(binding) &&
        environment.has(binding),
    ),
  ];
}

/** The ServiceAccount that a subject names, be it as a User; undefined when it is none. */
export function accountOf(subject: Field): Account | undefined {
  const name = textAt(subject, 'name');
  if (name === undefined) return undefined;
  const kind = subject.valueAt('kind');
  if (kind === 'ServiceAccount') return { namespace: textAt(subject, 'namespace'), name };
  if (kind !== 'User') return undefined;
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [];
  return account === undefined ? undefined : { namespace, name: account };
}

/** A policy rule, and the role in which it is written. */
export interface HeldRule<T extends KubernetesObject> {
  readonly rule: PolicyRule;
  readonly role: T;
}

/** The roles and bindings of an index, made once by `index.derived(rbacOf)`. */
export function rbacOf<T extends KubernetesObject>(index: ObjectIndex<T>): Rbac<T> {
  return new Rbac(index);
}

/** Roles, bindings and subjects of an index, resolved. The tables for it are made when they are first asked for. */
export class Rbac<T extends KubernetesObject> {
  readonly #index: ObjectIndex<T>;
  readonly #parts = new Map<T, readonly T[]>();
  #wholes: ReadonlyMap<T, readonly T[]> | undefined;

  constructor(index: ObjectIndex<T>) {
    this.#index = index;
  }

  /** The roles that a binding may mean. */
  rolesOf(binding: T): readonly T[] {
    const name = binding.root.at('roleRef', 'name').string ?? '';
    if (binding.root.valueAt('roleRef', 'kind') === 'ClusterRole')
      return this.#index.derived(clusterRolesByName<T>).get(name) ?? [];
    return this.#index.derived(rolesByName<T>)({ namespace: binding.namespace, name });
  }

  /**
   * The policy rules that a role grants. Those of an aggregated ClusterRole are the rules of the ClusterRoles
   * that its selectors match, whatever it lists itself.
   */
  rulesOf(role: T): HeldRule<T>[] {
    return this.#closure(role, (each) => this.#partsOf(each))
      .filter(({ root }) => selectorsOf(root).length === 0)
      .flatMap((part) =>
        part.root
          .at('rules')
          .items()
          .map((rule) => ({ rule, role: part })),
      );
  }

  /** The bindings that give a ClusterRole's rules: its own, and those of the ClusterRoles that it is aggregated to. */
  bindingsTo(clusterRole: T): T[] {
    return this.#closure(clusterRole, (each) => this.#wholesOf(each)).flatMap(
      ({ name }) => this.#index.derived(bindingsByRole<T>).get(`ClusterRole/${name}`) ?? [],
    );
  }

  /** The bindings that name a ServiceAccount, or a group that it is in. */
  membershipsOf({ namespace, name }: Account): Membership<T>[] {
    const found = [...this.#index.derived(membershipsByAccount<T>)({ namespace, name })];
    const byGroup = this.#index.derived(membershipsByGroup<T>);
    const groups = ['system:authenticated', 'system:serviceaccounts'];
    if (namespace !== undefined) groups.push(`system:serviceaccounts:${namespace}`);
    for (const group of groups) for (const one of byGroup.get(group) ?? []) found.push(one);
    return found;
  }

  /** A role and all that it leads to, over several steps; circles end. */
  #closure(role: T, next: (role: T) => readonly T[]): T[] {
    const reached = new Set([role]);
    // The set grows while it is walked.
    for (const each of reached) for (const other of next(each)) reached.add(other);
    return [...reached];
  }

  /** The ClusterRoles that an aggregated ClusterRole selects. */
  #partsOf(role: T): readonly T[] {
    let parts = this.#parts.get(role);
    if (parts === undefined) {
      parts = selectorsOf(role.root).flatMap((selector) =>
        this.#candidates(labelsAt(selector.at('matchLabels'))).filter(({ root }) =>
          matchesSelector(selector, labelsAt(root.at('metadata', 'labels'))),
        ),
      );
      this.#parts.set(role, parts);
    }
    return parts;
  }

  /** The aggregated ClusterRoles that select a ClusterRole. */
  #wholesOf(role: T): readonly T[] {
    this.#wholes ??= invert(
      this.#index.ofKind(clusterRoleKind).filter(({ root }) => selectorsOf(root).length > 0),
      (whole) => this.#partsOf(whole),
    );
    return this.#wholes.get(role) ?? [];
  }

  /** The ClusterRoles that have the first of some labels; all when there are none. */
  #candidates(labels: Labels): readonly T[] {
    const [first] = labels;
    if (first === undefined) return [...this.#index.derived(clusterRolesByName<T>).values()].flat();
    return this.#index.derived(clusterRolesByLabel<T>).get(first.join('=')) ?? [];
  }
}

function clusterRolesByName<T extends KubernetesObject>(
  index: ObjectIndex<T>,
): ReadonlyMap<string, readonly T[]> {
  return groupBy(index.ofKind(clusterRoleKind), ({ name }) => name);
}

/** ClusterRoles by each of their labels, as `key=value`. */
function clusterRolesByLabel<T extends KubernetesObject>(
  index: ObjectIndex<T>,
): ReadonlyMap<string, readonly T[]> {
  const byLabel = new Map<string, T[]>();
  for (const role of index.ofKind(clusterRoleKind))
    for (const label of labelsAt(role.root.at('metadata', 'labels'))) append(byLabel, label.join('='), role);
  return byLabel;
}

function rolesByName<T extends KubernetesObject>(index: ObjectIndex<T>): LookUp<T> {
  return lookUp(index.ofKind(roleKind), (role) => role);
}

/** Bindings by the role that they refer to, as `Kind/name`. */
function bindingsByRole<T extends KubernetesObject>(
  index: ObjectIndex<T>,
): ReadonlyMap<string, readonly T[]> {
  return groupBy(
    index.ofKind(...bindingKinds),
    ({ root }) => `${textAt(root, 'roleRef', 'kind')}/${textAt(root, 'roleRef', 'name')}`,
  );
}

function textAt(root: Field, ...path: readonly string[]): string | undefined {
  const value = root.valueAt(...path);
  return typeof value === 'string' ? value : undefined;
}

function memberships<T extends KubernetesObject>(index: ObjectIndex<T>): readonly Membership<T>[] {
  return index.ofKind(...bindingKinds).flatMap((binding) =>
    binding.root
      .at('subjects')
      .items()
      .map((subject) => ({ binding, subject })),
  );
}

function membershipsByAccount<T extends KubernetesObject>(index: ObjectIndex<T>): LookUp<Membership<T>> {
  return lookUp(index.derived(memberships<T>), ({ subject }) => accountOf(subject));
}

function membershipsByGroup<T extends KubernetesObject>(
  index: ObjectIndex<T>,
): ReadonlyMap<string, readonly Membership<T>[]> {
  const groups = index.derived(memberships<T>).filter(({ subject }) => subject.valueAt('kind') === 'Group');
  return groupBy(groups, ({ subject }) => textAt(subject, 'name') ?? '');
}

/** What has a name and may be in a namespace; in any when that is undefined, of those named and of the one asked for. */
type LookUp<T> = (wanted: Account) => readonly T[];

function lookUp<T>(all: readonly T[], identify: (one: T) => Account | undefined): LookUp<T> {
  const byName = new Map<string, T[]>();
  const byBoth = new Map<string, T[]>();
  for (const one of all) {
    const account = identify(one);
    if (account === undefined) continue;
    append(byName, account.name, one);
    append(byBoth, `${account.namespace ?? ''}\n${account.name}`, one);
  }
  return ({ namespace, name }) => {
    const named = byName.get(name) ?? [];
    if (namespace === undefined || named.length === 0) return named;
    return [namespace, ''].flatMap((each) => byBoth.get(`${each}\n${name}`) ?? []);
  };
}

function invert<T>(wholes: readonly T[], partsOf: (whole: T) => readonly T[]): Map<T, T[]> {
  const pairs = wholes.flatMap((whole) => partsOf(whole).map((part) => ({ whole, part })));
  const groups = groupBy(pairs, ({ part }) => part);
  return new Map([...groups].map(([part, of]) => [part, of.map(({ whole }) => whole)]));
}

function selectorsOf(role: Field): Field[] {
  // Most roles are written out.
  return role.valueAt('aggregationRule') === undefined
    ? []
    : role.at('aggregationRule', 'clusterRoleSelectors').items();
}

function values({ value }: Field): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
