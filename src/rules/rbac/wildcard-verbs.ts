import { directoryOf } from '../../discover/path.ts';
import type { Inventory, ObjectIndex } from '../../kubernetes/inventory.ts';
import { projectKinds } from '../../kubernetes/project-file.ts';
import {
  grantsEverything,
  holdingOf,
  isCustomGroup,
  isOfMetrics,
  isShippedRole,
  type PolicyRule,
  policyRulesIn,
  roleKinds,
  stringsIn,
} from '../../kubernetes/rbac.ts';
import type { Manifest } from '../../render/manifest.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rbac/wildcard-verbs',
  severity: 'medium',
  kinds: roleKinds,
  summary: 'Role grants all verbs by a wildcard',
  why: 'A wildcard also covers deletecollection, impersonate, bind, escalate and every verb that comes later, so nobody can tell from the role what its holder may do.',
  remedy: 'List the verbs that are used, such as get, list, watch, create, update, patch and delete.',
  controls: [
    'cis/1.12:5.1.3',
    'owasp-k8s/2025:K02',
    'kubescape:C-0187',
    'trivy:KSV-0045',
    'kube-linter:wildcard-in-rules',
  ],
  bundle: 'IAM',
  recommended: false,
  since: '0.1.0',
  messages: {
    wildcard: '{kind} {role} grants every verb on {resources} by a wildcard.',
    mild: { text: '{kind} {role} grants every verb on {resources} by a wildcard.', severity: 'low' },
  },
  check({ manifest, inventory, report }) {
    const { kind, name: role } = manifest;
    const rules = policyRulesIn(manifest);
    // One that grants everything is reported as that, or by its binding.
    if (isShippedRole(manifest) || (kind === 'ClusterRole' && grantsEverything(rules))) return;
    for (const rule of rules) {
      const wildcard = rule
        .at('verbs')
        .items()
        .find(({ value }) => value === '*');
      if (wildcard === undefined || isOfMetrics(rule)) continue;
      const resources = resourcesIn(rule);
      if (resources === '' || isLeftOver(manifest, inventory)) continue;
      report(wildcard, isMild(rule) ? 'mild' : 'wildcard', { kind, role, resources });
    }
  },
});

/** Whether the kustomization beside a ClusterRole leaves it out, and nothing binds it: nobody applies it then. */
function isLeftOver(manifest: Manifest, inventory: Inventory<Manifest>): boolean {
  const { kind, target, file } = manifest;
  if (kind !== 'ClusterRole' || target.kind !== 'manifests') return false;
  const kustomized = inventory.repository.derived(kustomizedDirectories);
  return kustomized.has(directoryOf(file)) && holdingOf(manifest, inventory).reach === 'unbound';
}

function kustomizedDirectories(index: ObjectIndex<Manifest>): ReadonlySet<string> {
  const kustomizations = index.ofKind(projectKinds.kustomization, projectKinds.component);
  return new Set(kustomizations.map(({ file }) => directoryOf(file)));
}

/**
 * Whether a policy rule is only about custom resources, which a controller mostly owns, or about the status of resources,
 * for which the API server has no verbs but get, update and patch.
 */
function isMild(rule: PolicyRule): boolean {
  const groups = stringsIn(rule, 'apiGroups');
  const ofStatus = stringsIn(rule, 'resources').every((resource) => resource.endsWith('/status'));
  return groups.length > 0 && (ofStatus || groups.every(isCustomGroup));
}

/** What a policy rule is about, in words; empty for one that grants nothing. */
function resourcesIn(rule: PolicyRule): string {
  const paths = stringsIn(rule, 'nonResourceURLs');
  const groups = stringsIn(rule, 'apiGroups');
  if (groups.length === 0) return paths.includes('*') ? 'all paths' : listed(paths);
  const resources = stringsIn(rule, 'resources');
  if (!resources.includes('*')) return listed(resources);
  return `all resources of ${groups.includes('*') ? 'all API groups' : listed(groups.map(nameOfGroup))}`;
}

const nameOfGroup = (group: string) => (group === '' ? 'the core group' : group);

/** The first three of many names. */
function listed(names: readonly string[]): string {
  if (names.length <= 4) return names.join(', ');
  return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
