import { isTestPath } from '../../discover/test-path.ts';
import { isSettings, type PolicyLine, policyLines, rolesOf, settingOf } from '../../kubernetes/argo-cd.ts';
import { defineRule, type Option } from '../rule.ts';

const groups: Option<readonly string[]> = {
  description: 'Groups that (almost) everyone is in, compared without regard to case.',
  schema: { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true },
  default: [
    'system:authenticated',
    'system:authenticated:oauth',
    'system:unauthenticated',
    'everyone',
    'all-users',
    'allusers',
    'all users',
    'domain users',
    'authenticated users',
    '*',
  ],
};

export default defineRule({
  id: 'gitops/argo-rbac-permissive',
  severity: 'high',
  kinds: ['ConfigMap'],
  concerns: (object) => isSettings(object, 'argocd-rbac-cm'),
  summary: 'Argo CD gives everyone more than reading',
  why: 'Argo CD applies with the rights of an administrator of the cluster. Who may create or change any application there may do anything in the cluster.',
  remedy:
    'Leave policy.default empty or at role:readonly, and give role:admin and roles like it to a group of few people.',
  controls: ['nist-800-53/r5:AC-3', 'nist-800-53/r5:AC-6', 'owasp-k8s/2025:K02'],
  bundle: 'IAM',
  recommended: true,
  since: '0.1.0',
  options: { groups },
  messages: {
    defaultAdmin: {
      text: 'policy.default makes everyone who can log in to Argo CD an administrator of it.',
      severity: 'critical',
    },
    defaultWrites:
      'policy.default gives everyone who can log in to Argo CD the role {role}, which may {action} {resource}.',
    group: 'The group {group}, which is almost everyone, has the role {role}, which may do everything.',
    everything: {
      text: 'The policy gives {subject} all actions on all resources of Argo CD.',
      severity: 'medium',
      recommended: false,
    },
  },
  check({ manifest, options, report }) {
    if (!isSettings(manifest, 'argocd-rbac-cm') || isTestPath(manifest.file)) return;
    const { root } = manifest;
    const lines = policyLines(root);
    const role = settingOf(root, 'policy.default');
    const place = root.at('data', 'policy.default');
    const roles = rolesOf(role, lines);
    const all = lines.filter(isForEverything);
    const isAdmin = (subject: string) => {
      const own = rolesOf(subject, lines);
      return own.has('role:admin') || all.some(({ tokens }) => own.has(tokens[0] ?? ''));
    };
    if (isAdmin(role)) report(place, 'defaultAdmin');
    else {
      const write = lines.find((line) => roles.has(line.tokens[0] ?? '') && mayWrite(line));
      const [, resource = '', action = ''] = write?.tokens ?? [];
      const [what, which] = [action === '*' ? 'do everything with' : action, plain(resource)];
      if (write !== undefined) report(place, 'defaultWrites', { role, action: what, resource: which });
    }
    const broad = new Set(options.groups.map((group) => group.toLowerCase()));
    for (const { type, tokens, place: entry, text } of lines) {
      const [subject = '', granted = ''] = tokens;
      if (type === 'g' && broad.has(subject.toLowerCase()) && isAdmin(granted))
        report(entry, 'group', { group: subject, role: granted }, { part: text });
    }
    for (const { tokens, place: entry, text } of all)
      report(entry, 'everything', { subject: tokens[0] ?? '' }, { part: text });
  },
});

/** Patterns for everything, as globs and as regular expressions (`policy.matchMode`). */
const everything = new Set(['*', '**', '.*', '*/*', '.*/.*']);

function isForEverything({ type, tokens: [, resource = '', action = '', object = '', effect] }: PolicyLine) {
  if (type !== 'p' || effect !== 'allow') return false;
  return [resource, action, object].every((token) => everything.has(token));
}

/** Whether a line allows more than to look. */
function mayWrite({ type, tokens: [, , action = '', , effect] }: PolicyLine): boolean {
  return type === 'p' && effect === 'allow' && action !== 'get' && action !== '';
}

function plain(resource: string): string {
  return everything.has(resource) ? 'all resources' : resource;
}
