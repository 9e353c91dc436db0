import type { Control, Framework } from '../framework.ts';

/** What a version of the benchmark has otherwise than 1.12. */
interface Difference {
  /** Its exact number and where its ids are from. */
  readonly source: string;
  /** Controls that 1.12 does not have, with their ids in this version. */
  readonly added?: readonly Control[];
  /** Controls that it does not have, by their ids in 1.12. */
  readonly missing?: readonly string[];
  /** Its number of the section that is 5.6 in 1.12. */
  readonly generalPolicies?: string;
}

const kubeBench = 'ids as in aquasecurity/kube-bench a73ce37 (2026-06-09)';

const addedCapabilities: Control = {
  id: '5.2.9',
  title: 'Added capabilities are kept from containers',
  section: 'Pods',
  newest: '',
};

const before111 = {
  added: [addedCapabilities],
  missing: ['1.2.30', '4.2.14'],
  generalPolicies: '5.7',
};

const differences = {
  '1.8': {
    source: `version 1.8.0; ${kubeBench}`,
    added: [
      {
        id: '1.2.12',
        title: 'Pods may not choose their user or SELinux labels where no policy on pods is enforced',
        section: 'API server',
        newest: '',
      },
      addedCapabilities,
    ],
    missing: ['1.2.30', '4.2.14', '4.3.1'],
    generalPolicies: '5.7',
  },
  '1.9': { source: `version 1.9.0; ${kubeBench}`, ...before111 },
  '1.10': { source: `version 1.10.0; ${kubeBench}`, ...before111 },
  '1.11': {
    source: `version 1.11.1; ${kubeBench}`,
    added: [
      {
        id: '4.2.15',
        title: 'Addresses that may reach the kubelet are limited by its service manager',
        section: 'Kubelet',
        notAssessable: "Set in the kubelet's service file on the nodes",
        newest: '',
      },
      addedCapabilities,
    ],
  },
  '2.0.1': { source: 'version 2.0.1; ids as in prowler-cloud/prowler 3e000fa (2026-08-21)' },
} satisfies Record<string, Difference>;

/**
 * Makes a version of the CIS Kubernetes Benchmark from 1.12, in the shape of a module: its controls are those of
 * 1.12 without the missing and with the added ones, numbered anew in each section.
 */
export async function loadCis(version: keyof typeof differences): Promise<{ readonly default: Framework }> {
  const { default: newest }: { default: Framework } = await import('./cis-1.12.json', {
    with: { type: 'json' },
  });
  const { source, added = [], missing = [], generalPolicies = '5.6' }: Difference = differences[version];
  const kept = newest.controls.filter(({ id }) => !missing.includes(id));
  const byNumber = new Intl.Collator('en', { numeric: true });
  // The sort is stable: an added control comes before the one that has its number in 1.12.
  const controls = [...added, ...kept].sort((a, b) => byNumber.compare(a.id, b.id));
  const counts = new Map<string, number>();
  const numbered = controls.map((control): Control => {
    const section = control.id.slice(0, control.id.lastIndexOf('.'));
    const count = (counts.get(section) ?? 0) + 1;
    counts.set(section, count);
    const id = `${section === '5.6' ? generalPolicies : section}.${count}`;
    return id === control.id ? control : { newest: control.id, ...control, id };
  });
  return {
    default: {
      id: `cis/${version}`,
      title: `CIS Kubernetes Benchmark ${version}`,
      source: `Center for Internet Security, ${source}`,
      controls: numbered,
    },
  };
}
