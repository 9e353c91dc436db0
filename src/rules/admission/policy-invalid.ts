import { expressionFaults, expressionKinds } from '../../kubernetes/admission/expressions.ts';
import { isPolicyTest } from '../../kubernetes/admission/policy-test.ts';
import { type Context, defineRule } from '../rule.ts';

type Check = Context<
  'repoPrefix' | 'templateName' | 'noViolation' | 'action' | 'deprecated' | 'syntax' | 'unknown'
>;

/** Source: the CRD of kyverno.io/v1 in Kyverno 1.19. */
const deprecatedFields: ReadonlyMap<string, string> = new Map([
  ['validationFailureAction', 'failureAction under validate of each rule'],
  ['validationFailureActionOverrides', 'failureActionOverrides under validate of each rule'],
  ['failurePolicy', 'failurePolicy under webhookConfiguration'],
  ['generateExisting', 'generateExisting under generate of each rule'],
  ['generateExistingOnPolicyUpdate', 'generateExisting under generate of each rule'],
  ['mutateExistingOnPolicyUpdate', 'mutateExistingOnPolicyUpdate under mutate of each rule'],
]);

const actions = new Set<unknown>(['audit', 'enforce', 'Audit', 'Enforce']);

export default defineRule({
  id: 'admission/policy-invalid',
  severity: 'high',
  kinds: [
    ...expressionKinds,
    'ConstraintTemplate.templates.gatekeeper.sh',
    'K8sAllowedRepos.constraints.gatekeeper.sh',
  ],
  summary: 'Admission policy cannot work as written',
  why: 'A policy that the engine cannot compile protects nothing, or stops everything that it is asked about. A prefix that ends in the middle of a name also fits names that others can take.',
  remedy: 'Mend the expression, or end the prefix with a slash.',
  controls: ['trivy:KSV-0124', 'nist-800-53/r5:CM-6(1)'],
  bundle: 'POLICY',
  recommended: true,
  since: '0.1.0',
  messages: {
    syntax: 'The CEL expression of {kind} {name} cannot be compiled: {problem}.',
    unknown: 'The CEL expression of {kind} {name} uses {variable}, which is not declared.',
    repoPrefix:
      'The prefix {prefix} ends without a slash, so {name} also allows images from {prefix}.example.net and the like.',
    templateName: 'ConstraintTemplate {name} has to be called {wanted}, its kind in lower case.',
    noViolation: 'The Rego of ConstraintTemplate {name} has no rule violation, so Gatekeeper refuses it.',
    action: 'The failure action of {name} is {value}, which is neither Audit nor Enforce.',
    deprecated: {
      text: '{field} of {name} is deprecated in Kyverno. Use {instead}.',
      severity: 'low',
      recommended: false,
    },
  },
  check(context) {
    const { kind, group, name, target } = context.manifest;
    if (isPolicyTest(target, context.inventory.target)) return;
    if (kind === 'ConstraintTemplate') return checkTemplate(context);
    if (kind === 'K8sAllowedRepos') return checkRepositories(context);
    if (group === 'kyverno.io') checkKyverno(context);
    for (const { place, fault, detail } of expressionFaults(context.manifest))
      if (fault === 'syntax') context.report(place, 'syntax', { kind, name, problem: detail });
      else context.report(place, 'unknown', { kind, name, variable: detail });
  },
});

function checkTemplate({ manifest, report }: Check): void {
  const { name, root } = manifest;
  const spec = root.at('spec');
  const wanted = spec.at('crd', 'spec', 'names', 'kind').string?.toLowerCase();
  if (wanted !== undefined && name !== wanted)
    report(root.at('metadata', 'name'), 'templateName', { name, wanted });
  for (const target of spec.at('targets').items()) {
    const rego = target.at('rego');
    if (rego.string !== undefined && !/^\s*violation\b/m.test(rego.string))
      report(rego, 'noViolation', { name });
  }
}

/** A host alone. What goes on after a path may be meant to be one image. */
function checkRepositories({ manifest, report }: Check): void {
  for (const repository of manifest.root.at('spec', 'parameters', 'repos').items()) {
    const { string: prefix = '' } = repository;
    if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(prefix))
      report(repository, 'repoPrefix', { name: manifest.name, prefix });
  }
}

function checkKyverno({ manifest, report }: Check): void {
  const { name, root } = manifest;
  const spec = root.at('spec');
  const own = spec.at('validationFailureAction');
  const ofRules = spec
    .at('rules')
    .items()
    .map((rule) => rule.at('validate', 'failureAction'));
  for (const action of [own, ...ofRules])
    if (action.exists && !actions.has(action.value))
      report(action, 'action', { name, value: action.string ?? 'no text' });
  for (const [field, instead] of deprecatedFields)
    if (spec.at(field).exists) report(spec.at(field), 'deprecated', { name, field, instead });
}
