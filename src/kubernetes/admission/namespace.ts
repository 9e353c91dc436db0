import { applicationSpec } from '../argo-cd.ts';
import type { Field } from '../field.ts';
import type { KubernetesObject } from '../object.ts';
import { podSecurityLevels } from '../pod-security.ts';

/** `kinds` of the objects from which namespaces come, their labels included. */
export const namespaceKinds: readonly string[] = [
  'Namespace',
  'Application.argoproj.io',
  'ApplicationSet.argoproj.io',
];

/** A namespace that an object makes. */
export interface DeclaredNamespace {
  readonly name: string;
  /** Its labels; they need not exist. */
  readonly labels: Field;
}

/**
 * The namespace that an object makes: a Namespace, or an Application of Argo CD that makes the one it deploys to and
 * says which labels it gets. Undefined for others, and when the name is a template.
 */
export function declaredNamespace(object: KubernetesObject): DeclaredNamespace | undefined {
  const { groupKind, root } = object;
  if (groupKind === 'Namespace')
    return object.name === '' ? undefined : { name: object.name, labels: root.at('metadata', 'labels') };
  const spec = applicationSpec(object);
  const policy = spec.at('syncPolicy');
  const metadata = policy.at('managedNamespaceMetadata');
  const { string: name } = spec.at('destination', 'namespace');
  const creates = policy
    .at('syncOptions')
    .items()
    .some(({ value }) => value === 'CreateNamespace=true');
  if (!metadata.exists || !creates || !name || name.includes('{{')) return undefined;
  return { name, labels: metadata.at('labels') };
}

/** The namespaces of Kubernetes and OpenShift themselves, which the distribution looks after. */
export function isSystemNamespace(name: string): boolean {
  return /^(?:kube-(?:system|public|node-lease)|openshift(?:-.+)?)$/.test(name);
}

const prefix = 'pod-security.kubernetes.io/';

const modes = ['enforce', 'audit', 'warn'];

/** What is wrong with a label of the Pod Security admission plugin. */
export interface BadLabel {
  readonly label: Field;
  readonly fault: 'level' | 'version' | 'key';
}

/**
 * The labels of Pod Security that a namespace has by mistake. Of bad values the API server refuses the object that
 * brings them, labels that the plugin does not know it takes and ignores. Source: kubernetes/pod-security-admission
 * 8f84a87, admission.ValidateNamespace and api.PolicyToEvaluate.
 */
export function badLabels(labels: Field): BadLabel[] {
  return podSecurityLabels(labels).flatMap(({ label, mode, isVersion }): BadLabel[] => {
    const { string: value = '' } = label;
    if (!modes.includes(mode)) return [{ label, fault: 'key' }];
    // Templates of other tools may stand for a value.
    if (/[${}<>]/.test(value)) return [];
    if (isVersion) return isVersionValue(value) ? [] : [{ label, fault: 'version' }];
    return podSecurityLevels.some((level) => level === value) ? [] : [{ label, fault: 'level' }];
  });
}

/** The labels of a namespace that are in the domain of Pod Security. */
export function podSecurityLabels(labels: Field) {
  return labels
    .properties()
    .filter(({ key }) => String(key).startsWith(prefix))
    .map((label) => {
      const name = String(label.key).slice(prefix.length);
      const isVersion = name.endsWith('-version');
      return { label, mode: isVersion ? name.slice(0, -'-version'.length) : name, isVersion };
    });
}

function isVersionValue(value: string): boolean {
  return value === 'latest' || /^v1\.(?:0|[1-9][0-9]*)$/.test(value);
}
