import type { Field } from '../field.ts';

/** How much of a request is logged, the least first. */
const levels = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;

export type AuditLevel = (typeof levels)[number];

/** A request to the API by a user that no rule names, for an object in a namespace that no rule names. */
export interface AuditedRequest {
  readonly verb: string;
  /** API group; empty for the core group. */
  readonly group: string;
  /** Plural name, with the subresource after a slash where there is one. */
  readonly resource: string;
}

export interface AuditDecision {
  readonly level: AuditLevel;
  /** The first rule that matches; undefined when none does, and nothing is logged. */
  readonly rule: Field | undefined;
}

/**
 * What a policy (audit.k8s.io) says of a request: the first rule that matches decides. Source: kubernetes/kubernetes
 * staging/src/k8s.io/apiserver/pkg/audit/policy/checker.go.
 */
export function auditDecision(policy: Field, request: AuditedRequest): AuditDecision {
  const rule = policy
    .at('rules')
    .items()
    .find((each) => matches(each, request));
  const level = levels.find((each) => each === rule?.at('level').value);
  return { level: level ?? 'None', rule };
}

/** Whether the first level logs more than the second. */
export function logsMore(level: AuditLevel, than: AuditLevel): boolean {
  return levels.indexOf(level) > levels.indexOf(than);
}

function matches(rule: Field, { verb, group, resource }: AuditedRequest): boolean {
  const groups = strings(rule.at('userGroups'));
  if (strings(rule.at('users')).length > 0) return false;
  if (groups.length > 0 && !groups.includes('system:authenticated')) return false;
  const verbs = strings(rule.at('verbs'));
  if (verbs.length > 0 && !verbs.includes(verb)) return false;
  if (strings(rule.at('namespaces')).length > 0) return false;
  const resources = rule.at('resources').items();
  if (resources.length === 0) return rule.at('nonResourceURLs').items().length === 0;
  return resources.some((each) => isAmong(each, group, resource));
}

/** Whether a `GroupResources` has a resource, whatever the name of the object. */
function isAmong(resources: Field, group: string, wanted: string): boolean {
  if ((resources.at('group').string ?? '') !== group) return false;
  if (resources.at('resourceNames').items().length > 0) return false;
  const names = strings(resources.at('resources'));
  const [resource = '', subresource] = wanted.split('/');
  return (
    names.length === 0 ||
    names.includes('*') ||
    names.includes(wanted) ||
    names.includes(`${resource}/*`) ||
    (subresource !== undefined && names.includes(`*/${subresource}`))
  );
}

function strings(list: Field): string[] {
  return list.items().flatMap(({ string }) => string ?? []);
}
