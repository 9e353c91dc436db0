import type { Field } from '../field.ts';
import type { ObjectIndex } from '../inventory.ts';
import type { KubernetesObject } from '../object.ts';
import { isEmptySelector, type Labels, labelsAt, matchesSelector } from '../selector.ts';

export const webhookKinds: readonly string[] = [
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
  'MutatingWebhookConfiguration.admissionregistration.k8s.io',
];

/** One webhook of a configuration. */
export interface Webhook {
  readonly field: Field;
  /** `name`, or its place in the list such as `#2` (1-based) when it has none. */
  readonly name: string;
  /** Whether what it guards is refused when it cannot be reached; v1beta1 let it through unless told otherwise. */
  readonly fails: boolean;
}

export function webhooksOf({ root, version }: KubernetesObject): Webhook[] {
  return root
    .at('webhooks')
    .items()
    .map((field) => {
      const policy = field.at('failurePolicy').string ?? (version === 'v1beta1' ? 'Ignore' : 'Fail');
      return {
        field,
        name: field.at('name').string ?? `#${Number(field.key) + 1}`,
        fails: policy === 'Fail',
      };
    });
}

/** The Service through which a webhook is reached. */
export interface WebhookService {
  /** `clientConfig.service`. */
  readonly field: Field;
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  /** The Service itself, if the index has it. */
  readonly object: KubernetesObject | undefined;
}

/** The Service of a webhook; undefined when it is reached by its URL. */
export function serviceOf({ field: webhook }: Webhook, index: ObjectIndex): WebhookService | undefined {
  const field = webhook.at('clientConfig', 'service');
  const { string: name } = field.at('name');
  const { string: namespace } = field.at('namespace');
  if (name === undefined || namespace === undefined) return undefined;
  const { value: port } = field.at('port');
  // Objects that name no namespace are applied to that of their target.
  const [object] = [namespace, undefined].flatMap((each) => index.find('Service', each, name));
  return { field, name, namespace, port: typeof port === 'number' ? port : 443, object };
}

/** Whether a webhook is asked about new pods. */
export function guardsPods({ field }: Webhook): boolean {
  return field
    .at('rules')
    .items()
    .some(
      (rule) =>
        has(rule, 'apiGroups', '', '*') &&
        has(rule, 'apiVersions', 'v1', '*') &&
        has(rule, 'resources', 'pods', '*', '*/*') &&
        has(rule, 'operations', 'CREATE', '*') &&
        rule.at('scope').value !== 'Cluster',
    );
}

function has(rule: Field, list: string, ...wanted: readonly string[]): boolean {
  return rule
    .at(list)
    .items()
    .some(({ string }) => string !== undefined && wanted.includes(string));
}

/** Labels by which a selector may leave out what bears them, whoever sets them. */
function mayExempt(selector: Field, known: Labels): boolean {
  return selector
    .at('matchExpressions')
    .items()
    .some((expression) => {
      const operator = expression.at('operator').value;
      const key = expression.at('key').string ?? '';
      return (operator === 'DoesNotExist' || operator === 'NotIn') && !known.has(key);
    });
}

/**
 * Whether a webhook is asked about pods in a namespace for certain. A namespace may have labels that stand in no file, and
 * so may pods of which nothing is known.
 * @param namespace the Namespace object, if there is one.
 * @param pods labels of the pods in question; undefined for any pods.
 */
export function isAskedIn(
  { field }: Webhook,
  name: string,
  namespace: KubernetesObject | undefined,
  pods: readonly Labels[] | undefined,
): boolean {
  if (field.at('matchConditions').items().length > 0) return false;
  const labels = new Map(labelsAt(namespace?.root.at('metadata', 'labels') ?? field.at()));
  labels.delete('kubernetes.io/metadata.name');
  const known = new Map(labels).set('kubernetes.io/metadata.name', name);
  const byNamespace = field.at('namespaceSelector');
  if (!matchesSelector(byNamespace, known)) return false;
  if (namespace === undefined && mayExempt(byNamespace, known)) return false;
  const byObject = field.at('objectSelector');
  if (isEmptySelector(byObject)) return true;
  if (pods === undefined) return false;
  return pods.some((each) => matchesSelector(byObject, each));
}

/** Whether an index has a role by which something may fill in webhooks while it runs, such as the webhook's own server. */
export function hasWebhookWriter(index: ObjectIndex): boolean {
  return index.ofKind('ClusterRole.rbac.authorization.k8s.io').some(({ root }) =>
    root
      .at('rules')
      .items()
      .some(
        (rule) =>
          has(rule, 'verbs', 'update', 'patch', '*') &&
          has(
            rule,
            'resources',
            'validatingwebhookconfigurations',
            'mutatingwebhookconfigurations',
            '*',
            '*/*',
          ),
      ),
  );
}

/** Annotations and labels by which something in the cluster fills in caBundle. */
const injectors = [
  'cert-manager.io/inject-ca-from',
  'cert-manager.io/inject-ca-from-secret',
  'cert-manager.io/inject-apiserver-ca',
  'certmanager.k8s.io/inject-ca-from',
  'service.beta.openshift.io/inject-cabundle',
  'service.alpha.openshift.io/inject-cabundle',
];

/** Whether a configuration asks for its CA to be filled in. */
export function isInjected({ root }: KubernetesObject): boolean {
  const metadata = root.at('metadata');
  return [metadata.at('annotations'), metadata.at('labels')].some((map) =>
    map.properties().some(({ key }) => injectors.includes(String(key)) || /inject.*ca/i.test(String(key))),
  );
}
