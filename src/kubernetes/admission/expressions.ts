import type { Field } from '../field.ts';
import type { KubernetesObject } from '../object.ts';
import { syntaxProblem, unknownVariables, usedMembers } from './cel.ts';

/** What is wrong with an expression of a policy. */
export interface ExpressionFault {
  readonly place: Field;
  readonly fault: 'syntax' | 'unknown';
  /** What is wrong with the syntax, or the variable that nothing declares. */
  readonly detail: string;
}

/** Kinds of Kubernetes' own policies. What can be named in those of Kyverno depends on its version. */
const native = new Set([
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io',
  'MutatingAdmissionPolicy.admissionregistration.k8s.io',
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
  'MutatingWebhookConfiguration.admissionregistration.k8s.io',
]);

/** `Kind.group` of all kinds with expressions that are read. */
export const expressionKinds: readonly string[] = [
  ...native,
  'ClusterPolicy.kyverno.io',
  'Policy.kyverno.io',
  'ValidatingPolicy.policies.kyverno.io',
  'NamespacedValidatingPolicy.policies.kyverno.io',
  'MutatingPolicy.policies.kyverno.io',
  'NamespacedMutatingPolicy.policies.kyverno.io',
  'GeneratingPolicy.policies.kyverno.io',
  'NamespacedGeneratingPolicy.policies.kyverno.io',
  'DeletingPolicy.policies.kyverno.io',
  'NamespacedDeletingPolicy.policies.kyverno.io',
  'ImageValidatingPolicy.policies.kyverno.io',
  'NamespacedImageValidatingPolicy.policies.kyverno.io',
];

/** Source: kubernetes.io, Validating Admission Policy and Mutating Admission Policy. */
const variablesOfRequests = [
  'object',
  'oldObject',
  'request',
  'params',
  'namespaceObject',
  'authorizer',
  'variables',
];
const declared: ReadonlySet<string> = new Set(variablesOfRequests);

const listsOfExpressions: readonly (readonly [string, ...string[]])[] = [
  ['validations', 'expression', 'messageExpression'],
  ['variables', 'expression'],
  ['matchConditions', 'expression'],
  ['conditions', 'expression'],
  ['auditAnnotations', 'valueExpression'],
];

/** The expressions of a policy that Kubernetes or Kyverno cannot compile. */
export function expressionFaults(object: KubernetesObject): ExpressionFault[] {
  const spec = object.root.at('spec');
  const isNative = native.has(object.groupKind);
  const variables = new Set(
    spec
      .at('variables')
      .items()
      .map((variable) => variable.at('name').string),
  );
  return expressionsOf(object).flatMap((place): ExpressionFault[] => {
    const { string: text } = place;
    // Helm and Kyverno put values into templates before anyone reads the expression.
    if (text === undefined || text.includes('{{')) return [];
    const problem = syntaxProblem(text);
    if (problem !== undefined) return [{ place, fault: 'syntax', detail: problem }];
    if (!isNative) return [];
    const names = unknownVariables(text, declared);
    const members = usedMembers(text, 'variables').filter((name) => !variables.has(name));
    return [...names, ...members.map((name) => `variables.${name}`)].map((detail) => ({
      place,
      fault: 'unknown',
      detail,
    }));
  });
}

function expressionsOf({ kind, group, root }: KubernetesObject): Field[] {
  const spec = root.at('spec');
  if (kind.endsWith('WebhookConfiguration'))
    return root
      .at('webhooks')
      .items()
      .flatMap((webhook) => itemsOf(webhook, 'matchConditions', ['expression']));
  if (group === 'kyverno.io')
    return spec
      .at('rules')
      .items()
      .flatMap((rule) => {
        const cel = rule.at('validate', 'cel');
        const own = itemsOf(cel, 'expressions', ['expression', 'messageExpression']);
        return [
          ...own,
          ...itemsOf(cel, 'variables', ['expression']),
          ...itemsOf(rule, 'celPreconditions', ['expression']),
        ];
      });
  return [
    ...listsOfExpressions.flatMap(([list, ...names]) => itemsOf(spec, list, names)),
    ...spec
      .at('mutations')
      .items()
      .flatMap((mutation) => [
        mutation.at('applyConfiguration', 'expression'),
        mutation.at('jsonPatch', 'expression'),
      ]),
  ];
}

function itemsOf(parent: Field, list: string, names: readonly string[]): Field[] {
  return parent
    .at(list)
    .items()
    .flatMap((item) => names.map((name) => item.at(name)));
}
