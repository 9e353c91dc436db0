import {
  guardsPods,
  isAskedIn,
  serviceOf,
  type Webhook,
  type WebhookService,
  webhookKinds,
  webhooksOf,
} from '../../kubernetes/admission/webhook.ts';
import type { Inventory } from '../../kubernetes/inventory.ts';
import { labelsAt } from '../../kubernetes/selector.ts';
import { podsOf } from '../../kubernetes/service.ts';
import { isTestData } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'admission/webhook-lockout',
  severity: 'high',
  kinds: webhookKinds,
  summary: 'Webhook can keep the cluster from starting again',
  why: 'When the server of such a webhook is down, no pod that it is asked about starts: neither its own server nor, in kube-system, the network and DNS that it needs. Only an administrator who deletes the webhook gets the cluster out of that.',
  remedy:
    'Leave out kube-system and the namespace of the webhook with a namespaceSelector on kubernetes.io/metadata.name.',
  controls: ['nist-800-53/r5:SC-5', 'nist-800-53/r5:CP-10'],
  bundle: 'AVAIL',
  recommended: true,
  since: '0.1.0',
  messages: {
    both: 'Webhook {webhook} has to approve every pod, also those of its own server in {namespace} and those of kube-system, so none of them starts while it is down.',
    own: 'Webhook {webhook} has to approve the pods of its own server in {namespace}, so none of them starts while it is down.',
    system:
      'Webhook {webhook} has to approve the pods of kube-system, so none of them starts while it is down.',
  },
  check({ manifest, inventory, report }) {
    if (isTestData(manifest.target)) return;
    for (const webhook of webhooksOf(manifest)) {
      if (!webhook.fails || !guardsPods(webhook)) continue;
      const service = serviceOf(webhook, inventory.target);
      const own = service !== undefined && isAskedAboutServer(webhook, service, inventory);
      const [kubeSystem] = inventory.environment.find('Namespace', undefined, 'kube-system');
      const system = isAskedIn(webhook, 'kube-system', kubeSystem, undefined);
      const data = { webhook: webhook.name, namespace: service?.namespace ?? '' };
      const place = webhook.field.at('namespaceSelector');
      if (own && system && service.namespace !== 'kube-system') report(place, 'both', data);
      else if (own) report(place, 'own', data);
      else if (system) report(place, 'system', data);
    }
  },
});

/** Whether a webhook is asked about the pods behind its own Service. */
function isAskedAboutServer(
  webhook: Webhook,
  { namespace, object }: WebhookService,
  { target, environment }: Inventory,
): boolean {
  const selector = object && labelsAt(object.root.at('spec', 'selector'));
  const pods = selector?.size ? target.derived(podsOf).selectedBy(selector, namespace) : [];
  const labels = pods.length > 0 ? pods.map((pod) => pod.labels) : undefined;
  const [home] = environment.find('Namespace', undefined, namespace);
  return isAskedIn(webhook, namespace, home, labels);
}
