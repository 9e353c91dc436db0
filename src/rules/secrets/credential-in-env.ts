import { isTestPath } from '../../discover/test-path.ts';
import { isObject } from '../../kubernetes/field.ts';
import { credentialIn } from '../../kubernetes/secret-patterns.ts';
import { hasPassword, isNamedSecret } from '../../kubernetes/secret-value.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'secrets/credential-in-env',
  severity: 'high',
  kinds: workloads,
  summary: 'Credential is written into an environment variable',
  why: 'Whoever can read the repository or the workload has the credential; it also shows in logs, in crash reports and in whatever the container starts.',
  remedy:
    'Replace the credential where it is valid, keep it in a Secret, and refer to that with valueFrom.secretKeyRef or a mounted file.',
  controls: [
    'kubescape:C-0012',
    'kubescape:C-0259',
    'mitre:T1552.001',
    'ms-ta:TA9027',
    'nist-800-53/r5:IA-5(7)',
    'kube-linter:env-var-secret',
  ],
  bundle: 'SECR',
  recommended: true,
  since: '0.1.0',
  sensitive: true,
  messages: {
    token: 'Container {container} gets {what} in its environment variable {name}.',
    password: 'Container {container} gets a password in clear text in its environment variable {name}.',
    test: {
      text: 'Container {container} gets a credential in its environment variable {name}, in a file for tests or documentation.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, containers, report }) {
    for (const container of containers) {
      const variables = container.field.valueAt('env');
      if (!Array.isArray(variables)) continue;
      for (let index = 0; index < variables.length; index++) {
        const name = textIn(variables[index], 'name');
        const value = textIn(variables[index], 'value');
        const token = credentialIn(name, value);
        if (token === undefined && !isNamedSecret(name, value) && !hasPassword(value)) continue;
        const place = container.field.at('env', index, 'value');
        const data = { container: container.name, name, what: token ?? '' };
        const [origin] = manifest.originsOf(place);
        const isTest = origin !== undefined && isTestPath(origin.file);
        report(place, isTest ? 'test' : token === undefined ? 'password' : 'token', data, { container });
      }
    }
  },
});

/** A text of an environment variable; empty when there is none. */
function textIn(variable: unknown, key: 'name' | 'value'): string {
  const text = isObject(variable) ? variable[key] : undefined;
  return typeof text === 'string' ? text : '';
}
