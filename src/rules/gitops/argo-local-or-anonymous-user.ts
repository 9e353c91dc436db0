import { isTestPath } from '../../discover/test-path.ts';
import { isSettings, settingOf } from '../../kubernetes/argo-cd.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'gitops/argo-local-or-anonymous-user',
  severity: 'high',
  kinds: ['ConfigMap'],
  concerns: (object) => isSettings(object, 'argocd-cm'),
  summary: 'Argo CD is used without a login, or with shared ones',
  why: 'Anonymous users and local accounts leave no trace of who did what, and a local password outlives the people who know it.',
  remedy:
    'Turn users.anonymous.enabled off, let people log in through OIDC or Dex, and set admin.enabled to "false" when that works.',
  controls: [
    'nist-800-53/r5:IA-2',
    'nist-800-53/r5:AC-2',
    'pci-dss/4.0.1:8.2.2',
    'mitre:T1078.001',
    'owasp-k8s/2025:K09',
  ],
  bundle: 'AUTHN',
  recommended: true,
  since: '0.1.0',
  messages: {
    anonymous: 'Argo CD lets everyone in without a login, with the rights of policy.default.',
    anonymousAdmin: {
      text: 'Argo CD lets everyone in without a login, and policy.default makes them administrators.',
      severity: 'critical',
    },
    admin: {
      text: 'The built-in account admin of Argo CD is left on beside {login}.',
      severity: 'medium',
      recommended: false,
    },
    account: {
      text: 'The local account {account} may log in to Argo CD with a password.',
      severity: 'medium',
      recommended: false,
    },
    terminal: {
      text: 'The web terminal of Argo CD is on, so its users may run commands in containers.',
      severity: 'medium',
      recommended: false,
    },
  },
  check({ manifest, inventory, report }) {
    if (!isSettings(manifest, 'argocd-cm') || isTestPath(manifest.file)) return;
    const { root } = manifest;
    const data = root.at('data');
    if (settingOf(root, 'users.anonymous.enabled') === 'true') {
      const isAdmin = inventory.target
        .find('ConfigMap', manifest.namespace, 'argocd-rbac-cm')
        .some((rbac) => settingOf(rbac.root, 'policy.default') === 'role:admin');
      report(data.at('users.anonymous.enabled'), isAdmin ? 'anonymousAdmin' : 'anonymous');
    }
    const login = ['oidc.config', 'dex.config'].find((key) => settingOf(root, key) !== '');
    // Without another way to log in, admin is needed.
    if (login !== undefined && settingOf(root, 'admin.enabled') !== 'false')
      report(data.at('admin.enabled'), 'admin', { login });
    for (const place of data.properties()) {
      const account = /^accounts\.([^.]+)$/.exec(String(place.key))?.[1];
      if (account === undefined || settingOf(root, `accounts.${account}.enabled`) === 'false') continue;
      const abilities = (place.string ?? '').split(',').map((ability) => ability.trim());
      if (abilities.includes('login')) report(place, 'account', { account });
    }
    if (settingOf(root, 'exec.enabled') === 'true') report(data.at('exec.enabled'), 'terminal');
  },
});
