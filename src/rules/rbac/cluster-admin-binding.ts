import type { Field } from '../../kubernetes/field.ts';
import { bindingKinds, boundRole, grantsEverything } from '../../kubernetes/rbac.ts';
import { isTestData } from '../../kubernetes/test-directory.ts';
import type { Manifest } from '../../render/manifest.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rbac/cluster-admin-binding',
  severity: 'critical',
  kinds: bindingKinds,
  summary: 'Binding gives the rights of cluster-admin',
  why: 'Who holds cluster-admin can read every Secret and change every object, and so can whoever takes over the account.',
  remedy: 'Bind a role with the rights that are needed, such as view, edit, admin or one of your own.',
  controls: [
    'cis/1.12:5.1.1',
    'mitre:T1098.006',
    'mitre:T1078.003',
    'ms-ta:TA9019',
    'kubescape:C-0185',
    'trivy:KSV-0111',
  ],
  bundle: 'IAM',
  recommended: true,
  since: '0.1.0',
  messages: {
    clusterAdmin: '{kind} {binding} gives its subjects the role cluster-admin.',
    // Somebody has to be able to do everything.
    people: {
      text: '{kind} {binding} gives {role} to groups, so their members may do everything.',
      severity: 'high',
      recommended: false,
    },
    equivalent: '{kind} {binding} gives its subjects the role {role}, which may do as much as cluster-admin.',
    namespace: {
      text: '{kind} {binding} gives its subjects the role {role}, so they may do everything in its namespace.',
      severity: 'high',
    },
  },
  check({ manifest, inventory, report }) {
    const { kind, name, root } = manifest;
    const place = root.at('roleRef', 'name');
    const role = place.string;
    if (role === undefined || root.at('roleRef', 'kind').value !== 'ClusterRole') return;
    if (isTestData(manifest.target)) return;
    const data = { kind, binding: name, role };
    const held = kind === 'RoleBinding' ? 'namespace' : isOfPeople(root) ? 'people' : undefined;
    if (role === 'cluster-admin') {
      if (!isShippedBinding(manifest)) report(place, held ?? 'clusterAdmin', data);
      return;
    }
    const bound = boundRole(manifest, inventory);
    if (bound !== undefined && grantsEverything(bound.rules.map(({ rule }) => rule)))
      report(place, held ?? 'equivalent', data, {
        related: [
          { manifest: bound.role, place: bound.role.root.at('metadata', 'name'), message: 'the role' },
        ],
      });
  },
});

/** Whether the subjects are groups alone, none of them Kubernetes' own, such as that of all ServiceAccounts. */
function isOfPeople(binding: Field): boolean {
  const subjects = binding.at('subjects').items();
  const isGroup = (subject: Field) =>
    subject.at('kind').value === 'Group' && !subject.at('name').string?.startsWith('system:');
  return subjects.length > 0 && subjects.every(isGroup);
}

/** Kubernetes itself binds cluster-admin to the group that bypasses RBAC anyway. */
function isShippedBinding({ name, root }: Manifest): boolean {
  const subjects = root.at('subjects').items();
  return (
    name === 'cluster-admin' &&
    subjects.length === 1 &&
    subjects.every((subject) => subject.at('name').value === 'system:masters')
  );
}
