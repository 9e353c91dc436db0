import type { Framework } from '../framework.ts';
import { loadCis } from './cis.ts';

const imports: Readonly<Record<string, () => Promise<{ readonly default: Framework }>>> = {
  'pss/baseline': () => import('./pss-baseline.json', { with: { type: 'json' } }),
  'pss/restricted': () => import('./pss-restricted.json', { with: { type: 'json' } }),
  'cis/1.8': () => loadCis('1.8'),
  'cis/1.9': () => loadCis('1.9'),
  'cis/1.10': () => loadCis('1.10'),
  'cis/1.11': () => loadCis('1.11'),
  'cis/1.12': () => import('./cis-1.12.json', { with: { type: 'json' } }),
  'cis/2.0.1': () => loadCis('2.0.1'),
  nsa: () => import('./nsa.json', { with: { type: 'json' } }),
  'nist-800-190': () => import('./nist-800-190.json', { with: { type: 'json' } }),
  mitre: () => import('./mitre.json', { with: { type: 'json' } }),
  'ms-ta': () => import('./ms-ta.json', { with: { type: 'json' } }),
  'ms-m': () => import('./ms-m.json', { with: { type: 'json' } }),
  'owasp-k8s/2025': () => import('./owasp-k8s-2025.json', { with: { type: 'json' } }),
  'nist-800-53/r5': () => import('./nist-800-53-r5.json', { with: { type: 'json' } }),
  soc2: () => import('./soc2.json', { with: { type: 'json' } }),
  hipaa: () => import('./hipaa.json', { with: { type: 'json' } }),
  gdpr: () => import('./gdpr.json', { with: { type: 'json' } }),
  'pci-dss/4.0.1': () => import('./pci-dss-4.0.1.json', { with: { type: 'json' } }),
  'iso-27001/2022': () => import('./iso-27001-2022.json', { with: { type: 'json' } }),
};

/** Ids of all frameworks, in the order in which they are reported. */
export const frameworkIds: readonly string[] = Object.keys(imports);

/** The frameworks with these ids, in the order of `frameworkIds`; ids that are not among them are passed over. */
export async function loadFrameworks(ids: readonly string[] = frameworkIds): Promise<readonly Framework[]> {
  const wanted = Object.entries(imports).filter(([id]) => ids.includes(id));
  return Promise.all(wanted.map(async ([, load]) => (await load()).default));
}
