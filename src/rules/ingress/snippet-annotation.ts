import type { Field } from '../../kubernetes/field.ts';
import { projectKinds } from '../../kubernetes/project-file.ts';
import { type Context, defineRule } from '../rule.ts';

type Check = Context<'snippet' | 'allowed' | 'critical'>;

export default defineRule({
  id: 'ingress/snippet-annotation',
  severity: 'high',
  kinds: [
    'Ingress.networking.k8s.io',
    'Ingress.extensions',
    'ConfigMap',
    'HelmRelease.helm.toolkit.fluxcd.io',
    projectKinds.values,
  ],
  summary: 'Ingress annotations hold configuration of the server',
  why: 'Whoever may write an Ingress can run code in the controller through a snippet, and read its token and the Secrets of all namespaces (CVE-2021-25742).',
  remedy:
    'Use the annotations that the controller has for the purpose, and keep snippets switched off in the controller.',
  controls: [
    'mitre:T1190',
    'kubescape:C-0059',
    'checkov:CKV_K8S_152',
    'checkov:CKV_K8S_153',
    'checkov:CKV_K8S_154',
  ],
  bundle: 'EDGE',
  recommended: true,
  since: '0.1.0',
  messages: {
    snippet: 'Ingress {name} puts its own configuration into the server, in {annotation}.',
    allowed: 'Everyone who may write an Ingress may put configuration into the server, as {key} is on.',
    critical: 'The controller accepts annotations of every risk, as {key} is Critical.',
  },
  check(context) {
    const { kind, groupKind, root } = context.manifest;
    if (kind === 'Ingress') checkIngress(context);
    else if (groupKind === 'ConfigMap')
      checkController(context, root.at('data'), 'allow-snippet-annotations', 'annotations-risk-level');
    else {
      const values = kind === 'HelmRelease' ? root.at('spec', 'values') : root;
      // The chart alone, and as a dependency of another one.
      for (const controller of [values.at('controller'), values.at('ingress-nginx', 'controller')]) {
        checkController(context, controller, 'allowSnippetAnnotations');
        checkController(
          context,
          controller.at('config'),
          'allow-snippet-annotations',
          'annotations-risk-level',
        );
      }
    }
  },
});

/** ingress-nginx, and the controller of F5. */
const snippets =
  /^(?:nginx\.ingress\.kubernetes\.io\/(?:configuration|server|auth|stream|modsecurity)-snippet|nginx\.(?:org|com)\/(?:location|server)-snippets)$/;

function checkIngress({ manifest, report }: Check): void {
  for (const annotation of manifest.root.at('metadata', 'annotations').properties()) {
    const key = String(annotation.key);
    if (snippets.test(key) && annotation.string?.trim())
      report(annotation, 'snippet', { name: manifest.name, annotation: key });
  }
}

function checkController({ report }: Check, settings: Field, allow: string, risk?: string): void {
  const allowed = settings.at(allow);
  if (allowed.value === true || allowed.value === 'true') report(allowed, 'allowed', { key: allow });
  if (risk !== undefined && settings.at(risk).value === 'Critical')
    report(settings.at(risk), 'critical', { key: risk });
}
