import { absenceOf } from '../../kubernetes/absence.ts';
import { isPolicyTest } from '../../kubernetes/admission/policy-test.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { whereFound } from '../../kubernetes/inventory.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { type Context, defineRule } from '../rule.ts';

type Check = Context<
  | 'unbound'
  | 'noPolicy'
  | 'unseenPolicy'
  | 'noParameters'
  | 'unseenParameters'
  | 'noTemplate'
  | 'unseenTemplate'
  | 'unused'
>;

const group = 'admissionregistration.k8s.io';
const template = 'ConstraintTemplate.templates.gatekeeper.sh';
const constraints = 'constraints.gatekeeper.sh';

export default defineRule({
  id: 'admission/policy-dangling',
  severity: 'high',
  // The kinds of Gatekeeper's constraints have the names that their templates give them.
  kinds: ['*'],
  concerns: (object) => checkOf(object) !== undefined,
  summary: 'Admission policy lacks its other half',
  why: 'A policy without a binding, and a binding without its policy or its parameters, are accepted by the API server and do nothing, or refuse everything.',
  remedy: 'Add the object that is missing, or correct the name.',
  controls: ['nist-800-53/r5:CM-6(1)'],
  bundle: 'POLICY',
  recommended: true,
  since: '0.1.0',
  messages: {
    unbound: {
      text: 'No binding in the repository binds {kind} {name}, so it does nothing.',
      severity: 'medium',
    },
    noPolicy: '{kind} {name} binds the policy {policy}, which is not there{hint}.',
    unseenPolicy: {
      text: '{kind} {name} binds the policy {policy}, which is not in the repository. Something else has to make it.',
      severity: 'low',
      recommended: false,
    },
    noParameters: '{kind} {name} takes its parameters from {object}, which is not there{hint}.',
    unseenParameters: {
      text: '{kind} {name} takes its parameters from {object}, which is not in the repository. Something else has to make it.',
      severity: 'low',
      recommended: false,
    },
    noTemplate: 'No ConstraintTemplate defines the kind {kind} of constraint {name}, though others are here.',
    unseenTemplate: {
      text: 'No ConstraintTemplate in the repository defines the kind {kind} of constraint {name}. Something else has to make it.',
      severity: 'low',
      recommended: false,
    },
    unused: {
      text: 'No constraint in the repository is of the kind {kind} that ConstraintTemplate {name} defines.',
      severity: 'low',
      recommended: false,
    },
  },
  check(context) {
    const { manifest, inventory } = context;
    const checkHalf = checkOf(manifest);
    if (checkHalf === undefined) return;
    if (inventory.complete && !isPolicyTest(manifest.target, inventory.target)) checkHalf(context);
  },
});

function checkOf(object: KubernetesObject): ((context: Check) => void) | undefined {
  if (object.group === constraints) return checkConstraint;
  if (object.groupKind === template) return checkTemplate;
  if (object.group !== group) return undefined;
  if (object.kind.endsWith('AdmissionPolicy')) return checkPolicy;
  return object.kind.endsWith('AdmissionPolicyBinding') ? checkBinding : undefined;
}

function checkPolicy({ manifest, inventory, report }: Check): void {
  const { kind, name, root } = manifest;
  const isBound = (index: ObjectIndex) => index.derived(boundPolicies).has(`${kind}Binding ${name}`);
  if (whereFound(inventory, isBound) === undefined)
    report(root.at('metadata', 'name'), 'unbound', { kind, name });
}

function boundPolicies(index: ObjectIndex): ReadonlySet<string> {
  const bindings = index.ofKind(
    `ValidatingAdmissionPolicyBinding.${group}`,
    `MutatingAdmissionPolicyBinding.${group}`,
  );
  return new Set(bindings.map(({ kind, root }) => `${kind} ${root.at('spec', 'policyName').string}`));
}

function checkBinding({ manifest, inventory, report }: Check): void {
  const { kind, name, root, target } = manifest;
  const policyKind = `${kind.slice(0, -'Binding'.length)}.${group}`;
  const place = root.at('spec', 'policyName');
  const { string: policyName } = place;
  if (policyName === undefined) return;
  const absence = absenceOf({ kind: policyKind, name: policyName, namespace: undefined }, target, inventory);
  if (absence !== undefined) {
    const hint = absence.what === 'slip' ? `, but ${absence.meant} is` : '';
    if (absence.what === 'slip' || absence.what === 'missing')
      report(place, 'noPolicy', { kind, name, policy: policyName, hint });
    else if (absence.what === 'unseen') report(place, 'unseenPolicy', { kind, name, policy: policyName });
  }
  const [policy] = inventory.environment.find(policyKind, undefined, policyName);
  const paramKind = policy?.root.at('spec', 'paramKind');
  const parameters = root.at('spec', 'paramRef');
  const { string: wanted } = parameters.at('name');
  const { string: apiVersion = '' } = paramKind?.at('apiVersion') ?? root.at();
  const { string: kindOfParameters } = paramKind?.at('kind') ?? root.at();
  if (wanted === undefined || kindOfParameters === undefined || wanted.includes('{{')) return;
  const parameterGroup = apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : '';
  const namespace = parameters.at('namespace').string;
  const object = `${kindOfParameters} ${namespace === undefined ? '' : `${namespace}/`}${wanted}`;
  const missing = absenceOf(
    { kind: `${kindOfParameters}${parameterGroup}`, name: wanted, namespace },
    target,
    inventory,
  );
  if (missing === undefined) return;
  const meant = missing.what === 'slip' ? `, but ${missing.meant} is` : '';
  if (missing.what === 'slip' || missing.what === 'missing')
    report(parameters.at('name'), 'noParameters', { kind, name, object, hint: meant });
  else if (missing.what === 'unseen')
    report(parameters.at('name'), 'unseenParameters', { kind, name, object });
}

function checkConstraint({ manifest, inventory, report }: Check): void {
  const { kind, name, root } = manifest;
  if (whereFound(inventory, (index) => index.derived(definedKinds).has(kind)) !== undefined) return;
  const hasOthers = inventory.target.ofKind(template).length > 0;
  report(root.at('kind'), hasOthers ? 'noTemplate' : 'unseenTemplate', { kind, name });
}

function checkTemplate({ manifest, inventory, report }: Check): void {
  const place = manifest.root.at('spec', 'crd', 'spec', 'names', 'kind');
  const { string: kind } = place;
  if (kind === undefined) return;
  const isUsed = (index: ObjectIndex) => index.ofKind(`${kind}.${constraints}`).length > 0;
  if (whereFound(inventory, isUsed) === undefined) report(place, 'unused', { kind, name: manifest.name });
}

function definedKinds(index: ObjectIndex): ReadonlySet<string | undefined> {
  return new Set(
    index.ofKind(template).map(({ root }) => root.at('spec', 'crd', 'spec', 'names', 'kind').string),
  );
}
