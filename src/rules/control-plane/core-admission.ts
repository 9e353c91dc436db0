import { carrierKinds, componentsOf, isAbout } from '../../kubernetes/control-plane/carriers.ts';
import { flagFindings, flagMessages } from '../../kubernetes/control-plane/flag-checks.ts';
import { defineRule } from '../rule.ts';

const slug = 'core-admission';

export default defineRule({
  id: 'control-plane/core-admission',
  severity: 'high',
  kinds: carrierKinds,
  concerns: isAbout('kube-apiserver'),
  summary: 'API server lacks an admission plugin that the cluster relies on',
  why: 'Admission plugins hold the limits that authorization cannot: what a node may change (NodeRestriction), that pods get the tokens of their service account, that namespaces exist, and that pods keep to the Pod Security Standards.',
  remedy:
    'Enable NodeRestriction, remove AlwaysAdmit, and do not disable ServiceAccount, NamespaceLifecycle or PodSecurity.',
  controls: ['owasp-k8s/2025:K04'],
  bundle: 'IAM',
  recommended: true,
  since: '0.1.0',
  messages: flagMessages(slug),
  check({ manifest, containers, report }) {
    for (const component of componentsOf(manifest, containers))
      for (const { id, place, data, options } of flagFindings(slug, component))
        report(place, id, data, options);
  },
});
