import { absenceOf } from '../../kubernetes/absence.ts';
import {
  guardsPods,
  hasWebhookWriter,
  isInjected,
  serviceOf,
  webhookKinds,
  webhooksOf,
} from '../../kubernetes/admission/webhook.ts';
import { isTestData } from '../../kubernetes/test-directory.ts';
import { defineRule } from '../rule.ts';

/** Names of webhooks that guard what gets into the cluster. */
const engines = /gatekeeper|kyverno|kubewarden|sigstore|cosign|policy|connaisseur|datree|opa\b|security/i;

export default defineRule({
  id: 'admission/webhook-weak',
  severity: 'high',
  kinds: webhookKinds,
  summary: 'Webhook cannot be reached safely, or does not guard',
  why: 'The API server trusts what a webhook answers, and asks only one that it can reach and whose certificate it can check. What a policy engine is not asked about gets in.',
  remedy:
    'Name a Service and port that are there, let cert-manager or the server itself fill in caBundle, and set failurePolicy of policy engines to Fail.',
  controls: ['ms-ta:TA9015', 'kubescape:C-0036', 'kubescape:C-0039', 'nist-800-53/r5:SC-8'],
  bundle: 'POLICY',
  recommended: true,
  since: '0.1.0',
  options: {
    maxTimeoutSeconds: {
      description: 'The longest time in seconds that a request may wait for a webhook.',
      schema: { type: 'integer', minimum: 1, maximum: 30 },
      default: 10,
    },
  },
  messages: {
    http: 'Webhook {webhook} has a URL without https, which the API server refuses.',
    noBundle: {
      text: 'Webhook {webhook} names no CA, and nothing in sight fills it in, so the API server cannot trust the certificate of Service {service}.',
      severity: 'medium',
    },
    noService: 'Webhook {webhook} asks Service {service}, which is nowhere in the repository{hint}.',
    unseenService: {
      text: 'Webhook {webhook} asks Service {service}, which is not in the repository. Something else has to make it.',
      severity: 'low',
      recommended: false,
    },
    noPort: 'Webhook {webhook} asks port {port} of Service {service}, which has no such port.',
    ignore: {
      text: 'Webhook {webhook} is skipped when its server does not answer, so what it should refuse gets in then.',
      severity: 'medium',
      recommended: false,
    },
    sideEffects: 'Webhook {webhook} has sideEffects {value}, which the API server does not accept in v1.',
    slow: {
      text: 'Requests wait up to {seconds} seconds for webhook {webhook}.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, inventory, options, report }) {
    if (isTestData(manifest.target)) return;
    const { target } = inventory;
    for (const webhook of webhooksOf(manifest)) {
      const { field, name } = webhook;
      const config = field.at('clientConfig');
      const url = config.at('url');
      if (url.string !== undefined && /^http:/i.test(url.string)) report(url, 'http', { webhook: name });
      const sideEffects = field.at('sideEffects');
      if (manifest.version === 'v1' && (sideEffects.value === 'Some' || sideEffects.value === 'Unknown'))
        report(sideEffects, 'sideEffects', { webhook: name, value: sideEffects.value });
      const timeout = field.at('timeoutSeconds');
      if (typeof timeout.value === 'number' && timeout.value > options.maxTimeoutSeconds)
        report(timeout, 'slow', { webhook: name, seconds: timeout.value });
      if (!webhook.fails && guardsPods(webhook) && engines.test(`${manifest.name} ${name}`))
        report(field.at('failurePolicy'), 'ignore', { webhook: name });
      const service = serviceOf(webhook, target);
      if (service === undefined) continue;
      const { namespace, port, object } = service;
      const data = { webhook: name, service: `${namespace}/${service.name}` };
      if (object === undefined) {
        const absence = absenceOf(
          { kind: 'Service', name: service.name, namespace },
          manifest.target,
          inventory,
        );
        if (absence?.what === 'slip') {
          report(service.field.at('name'), 'noService', { ...data, hint: `; ${absence.meant} is` });
        } else if (absence?.what === 'otherNamespace') {
          const hint = `; namespace ${absence.namespace} has one of this name`;
          report(service.field.at('namespace'), 'noService', { ...data, hint });
        } else if (absence?.what === 'missing' || absence?.what === 'unseen')
          report(service.field.at('name'), 'unseenService', data);
      } else {
        const ports = object.root.at('spec', 'ports').items();
        if (ports.length > 0 && !ports.some((each) => each.at('port').value === port))
          report(service.field.at('port'), 'noPort', { ...data, port });
        const hasBundle = /[^\s]/.test(config.at('caBundle').string ?? '');
        const mayBeFilled = isInjected(manifest) || target.derived(hasWebhookWriter);
        if (!hasBundle && !mayBeFilled && inventory.complete) report(config.at('caBundle'), 'noBundle', data);
      }
    }
  },
});
