import type { Inventory } from '../../kubernetes/inventory.ts';
import { grantsEverything, rulesOf } from '../../kubernetes/rbac.ts';
import type { Manifest } from '../../render/manifest.ts';
import { defineRule } from '../rule.ts';

const clusterRole = 'ClusterRole.rbac.authorization.k8s.io';

export default defineRule({
  id: 'rbac/cluster-admin-binding',
  severity: 'critical',
  kinds: ['ClusterRoleBinding.rbac.authorization.k8s.io', 'RoleBinding.rbac.authorization.k8s.io'],
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
    equivalent: '{kind} {binding} gives its subjects the role {role}, which may do as much as cluster-admin.',
  },
  check({ manifest, inventory, report }) {
    const place = manifest.root.at('roleRef', 'name');
    const role = place.string;
    if (role === undefined || manifest.root.at('roleRef', 'kind').value !== 'ClusterRole') return;
    const data = { kind: manifest.kind, binding: manifest.name, role };
    if (role === 'cluster-admin') {
      if (!isShippedBinding(manifest)) report(place, 'clusterAdmin', data);
      return;
    }
    const equivalent = equivalentRole(role, inventory);
    if (equivalent !== undefined)
      report(place, 'equivalent', data, {
        related: [
          { manifest: equivalent, place: equivalent.root.at('metadata', 'name'), message: 'the role' },
        ],
      });
  },
});

/** Kubernetes itself binds cluster-admin to the group that bypasses RBAC anyway. */
function isShippedBinding({ name, root }: Manifest): boolean {
  const subjects = root.at('subjects').items();
  return (
    name === 'cluster-admin' &&
    subjects.length === 1 &&
    subjects.every((subject) => subject.at('name').value === 'system:masters')
  );
}

/** The ClusterRole of this name, of the same target if it has one, when it grants everything. */
function equivalentRole(name: string, { target, repository }: Inventory<Manifest>): Manifest | undefined {
  for (const index of [target, repository]) {
    const [named] = index.find(clusterRole, undefined, name);
    if (named !== undefined)
      return grantsEverything(rulesOf(named, () => index.ofKind(clusterRole))) ? named : undefined;
  }
  return undefined;
}
