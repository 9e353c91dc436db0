import { carrierKinds, componentsOf, isAbout } from '../../kubernetes/control-plane/carriers.ts';
import { flagFindings, flagMessages } from '../../kubernetes/control-plane/flag-checks.ts';
import { defineRule } from '../rule.ts';

const slug = 'authorization-mode';

export default defineRule({
  id: 'control-plane/authorization-mode',
  severity: 'critical',
  kinds: [...carrierKinds, 'AuthorizationConfiguration.apiserver.config.k8s.io'],
  concerns: (object) => object.root.at('spec', 'authorization').exists || isAbout('kube-apiserver')(object),
  summary: 'API server does not authorize requests by RBAC and Node',
  why: 'With AlwaysAllow everyone who can authenticate, and every anonymous request, may do everything. Without RBAC the roles in the cluster mean nothing, and without Node a kubelet can read the Secrets of all nodes.',
  remedy:
    'Set --authorization-mode=Node,RBAC, or the authorizers Node and RBAC in the AuthorizationConfiguration.',
  controls: ['nsa:auth.rbac', 'nist-800-190:4.3.1', 'owasp-k8s/2025:K02'],
  bundle: 'IAM',
  recommended: true,
  since: '0.1.0',
  messages: flagMessages(slug, {
    alwaysAllow: {
      text: 'The cluster is set to AlwaysAllow, which lets every request through.',
      controls: ['cis/1.12:1.2.6'],
    },
    noRbac: {
      text: 'No authorizer is of the type RBAC, so roles and bindings have no effect.',
      severity: 'high',
      controls: ['cis/1.12:1.2.8'],
    },
    noNode: {
      text: 'No authorizer is of the type Node, so what a kubelet may read is not limited to the pods of its own node.',
      severity: 'medium',
      controls: ['cis/1.12:1.2.7'],
    },
  }),
  check({ manifest, containers, report }) {
    for (const component of componentsOf(manifest, containers))
      for (const { id, place, data, options } of flagFindings(slug, component))
        report(place, id, data, options);
    if (manifest.groupKind === 'Cluster.kops.k8s.io') {
      const alwaysAllow = manifest.root.at('spec', 'authorization', 'alwaysAllow');
      if (alwaysAllow.exists) report(alwaysAllow, 'alwaysAllow');
    }
    if (manifest.kind !== 'AuthorizationConfiguration') return;
    const authorizers = manifest.root.at('authorizers');
    const types = authorizers.items().map((authorizer) => authorizer.at('type').value);
    const open = authorizers.items()[types.indexOf('AlwaysAllow')];
    if (open !== undefined) return report(open.at('type'), 'alwaysAllow');
    if (!types.includes('RBAC')) report(authorizers, 'noRbac');
    if (!types.includes('Node')) report(authorizers, 'noNode');
  },
});
