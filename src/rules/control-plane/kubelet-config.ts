import { carrierKinds, componentFlags, isAbout } from '../../kubernetes/control-plane/carriers.ts';
import { flagFindings, flagMessages } from '../../kubernetes/control-plane/flag-checks.ts';
import { defineRule } from '../rule.ts';

const slug = 'kubelet-config';

/** kubeadm completes a KubeletConfiguration that stands beside these. */
const kubeadmKinds = ['ClusterConfiguration', 'InitConfiguration', 'JoinConfiguration'].map(
  (kind) => `${kind}.kubeadm.k8s.io`,
);

export default defineRule({
  id: 'control-plane/kubelet-config',
  severity: 'high',
  kinds: carrierKinds,
  concerns: isAbout('kubelet'),
  summary: 'Kubelet is configured less safely than it could be',
  why: 'The kubelet runs commands in every pod of its node and reads every Secret mounted there. Whoever can talk to it without credentials, or with any, has the node.',
  remedy:
    'Leave anonymous authentication and the read-only port off, authorize by Webhook, and let the kubelet renew its certificates.',
  controls: ['ms-ta:TA9030', 'nist-800-190:4.3.5'],
  bundle: 'HARD',
  recommended: true,
  since: '0.1.0',
  messages: flagMessages(slug),
  check({ manifest, containers, inventory, report }) {
    for (const component of componentFlags(manifest, 'kubelet', containers)) {
      const isCompleted = component.rest === 'file' && inventory.target.ofKind(...kubeadmKinds).length > 0;
      const known = isCompleted ? { ...component, rest: 'unknown' as const } : component;
      for (const { id, place, data, options } of flagFindings(slug, known)) report(place, id, data, options);
    }
  },
});
