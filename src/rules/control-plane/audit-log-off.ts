import { carrierKinds, componentsOf, isAbout } from '../../kubernetes/control-plane/carriers.ts';
import { flagFindings, flagMessages } from '../../kubernetes/control-plane/flag-checks.ts';
import { defineRule } from '../rule.ts';

const slug = 'audit-log-off';

/** Days, files and megabytes that CIS asks for. */
const limit = (description: string, value: number) => ({
  description,
  schema: { type: 'integer', minimum: 0 },
  default: value,
});

export default defineRule({
  id: 'control-plane/audit-log-off',
  severity: 'high',
  kinds: [...carrierKinds, 'APIServer.config.openshift.io'],
  concerns: isAbout('kube-apiserver'),
  summary: 'API server keeps no audit log, or keeps it too short',
  why: 'The audit log says who did what in the cluster. Without it nobody can tell what a stolen credential was used for, and nobody notices while it is used.',
  remedy:
    'Set --audit-policy-file and --audit-log-path or --audit-webhook-config-file, and keep logs for at least 30 days.',
  controls: ['nsa:log.audit', 'mitre:T1562.001', 'owasp-k8s/2025:K10'],
  bundle: 'AUDIT',
  recommended: true,
  since: '0.1.0',
  options: {
    minAge: limit('Days that the logs must be kept at least.', 30),
    minBackups: limit('Number of old log files that must be kept at least.', 10),
    minSize: limit('Size in megabytes that a log file must reach at least before it is rotated.', 100),
  },
  messages: flagMessages(slug, {
    age: {
      text: '{flag} removes audit logs after {value} days; {min} are asked for.',
      severity: 'medium',
      recommended: false,
      controls: ['cis/1.12:1.2.17', 'trivy:KCV-0020', 'checkov:CKV_K8S_92'],
    },
    backups: {
      text: '{flag} keeps {value} old audit logs; {min} are asked for.',
      severity: 'medium',
      recommended: false,
      controls: ['cis/1.12:1.2.18', 'trivy:KCV-0021', 'checkov:CKV_K8S_93'],
    },
    size: {
      text: '{flag} rotates audit logs at {value} megabytes; {min} are asked for.',
      severity: 'medium',
      recommended: false,
      controls: ['cis/1.12:1.2.19', 'trivy:KCV-0022', 'checkov:CKV_K8S_94'],
    },
    profileNone: 'The audit profile None turns the audit log off.',
  }),
  check({ manifest, containers, options, report }) {
    for (const component of componentsOf(manifest, containers)) {
      for (const { id, place, data, options: about } of flagFindings(slug, component))
        report(place, id, data, about);
      if (component.component !== 'kube-apiserver') continue;
      for (const [message, name, min] of [
        ['age', 'audit-log-maxage', options.minAge],
        ['backups', 'audit-log-maxbackup', options.minBackups],
        ['size', 'audit-log-maxsize', options.minSize],
      ] as const) {
        const flag = component.flags.get(name);
        // 0 sets no limit.
        if (flag === undefined || !(Number(flag.value) > 0 && Number(flag.value) < min)) continue;
        const { written, value, place, part } = flag;
        report(place, message, { flag: written, value, min }, part === undefined ? {} : { part });
      }
    }
    if (manifest.kind !== 'APIServer') return;
    const profile = manifest.root.at('spec', 'audit', 'profile');
    if (profile.value === 'None') report(profile, 'profileNone');
  },
});
