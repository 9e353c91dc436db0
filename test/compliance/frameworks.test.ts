import { describe, expect, test } from '@jest/globals';
import { bundleControls } from '../../src/compliance/bundles.ts';
import { frameworkIds, loadFrameworks } from '../../src/compliance/frameworks/index.ts';
import { rules } from '../../src/rules/index.ts';

const frameworks = await loadFrameworks();
const framework = (id: string) => frameworks.find((one) => one.id === id) ?? { id, controls: [] };

/** How many controls of a framework have an id that begins with each of the texts that `part` matches. */
function count(id: string, part: RegExp): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const control of framework(id).controls) {
    const name = part.exec(control.id)?.[0];
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test('frameworks are loaded by id, in their order', async () => {
  expect(frameworks.map(({ id }) => id)).toEqual(frameworkIds);
  const two = await loadFrameworks(['soc2', 'no-such-framework', 'nist-800-53/r5']);
  expect(two.map(({ id }) => id)).toEqual(['nist-800-53/r5', 'soc2']);
});

describe.each(frameworkIds)('%s', (id) => {
  const { controls } = framework(id);

  test('lists each control once', () => {
    expect(new Set(controls.map((control) => control.id)).size).toBe(controls.length);
  });

  test('keeps the controls of a section together', () => {
    const sections = controls.map(({ section }) => section);
    const starts = sections.filter((section, index) => section !== sections[index - 1]);
    expect(starts).toEqual([...new Set(sections)]);
  });

  test('has short texts without a full stop', () => {
    const texts = controls.flatMap(({ title, section, notAssessable }) => [
      title,
      section,
      notAssessable ?? 'x',
    ]);
    expect(texts.filter((text) => text === '' || text.length > 100 || /^\s|[.\s]$/.test(text))).toEqual([]);
  });
});

/** Other tools' names for what a rule finds stand among its controls; they are no frameworks. */
const tools = /^(?:checkov|gatekeeper|kics|kube-linter|kube-score|kubescape|kubesec|polaris|trivy):/;

describe('rules and bundles', () => {
  const ofRules = rules.flatMap(({ id, controls, messages }) => {
    const ofMessages = Object.values(messages).flatMap((message) =>
      typeof message === 'string' ? [] : (message.controls ?? []),
    );
    return [...controls, ...ofMessages].map((control) => [id, control] as const);
  });
  const ofBundles = Object.entries(bundleControls).flatMap(([bundle, controls]) =>
    controls.map((control) => [bundle, control] as const),
  );
  const named = [...ofRules, ...ofBundles].filter(([, control]) => !tools.test(control));
  const known = new Map(
    frameworks.flatMap(({ id, controls }) => controls.map((control) => [`${id}:${control.id}`, control])),
  );

  test('name only controls that exist', () => {
    expect(named.filter(([, control]) => !known.has(control))).toEqual([]);
  });

  test('name no control that Git cannot show', () => {
    expect(named.filter(([, control]) => known.get(control)?.notAssessable !== undefined)).toEqual([]);
  });
});

test.each([
  // kubernetes/pod-security-admission 8f84a87: 12 checks of Baseline, 7 of Restricted.
  ['pss/baseline', 12],
  ['pss/restricted', 7],
  // aquasecurity/kube-bench a73ce37, cfg/cis-*; prowler-cloud/prowler 3e000fa for 2.0.1.
  ['cis/1.8', 130],
  ['cis/1.9', 130],
  ['cis/1.10', 130],
  ['cis/1.11', 133],
  ['cis/1.12', 131],
  ['cis/2.0.1', 131],
  // The sections of the guidance that ask for something.
  ['nsa', 29],
  // Sections 4.1.1 to 4.5.5 (5, 3, 5, 5 and 5) and 4.6.
  ['nist-800-190', 24],
  // mitre/cti 421deac: 48 techniques with the platform Containers; T1552.005 and T1557.
  ['mitre', 50],
  // microsoft/Threat-Matrix-for-Kubernetes b885d18: TA9001 to TA9041 without TA9032; 32 mitigations, one in 3 parts.
  ['ms-ta', 40],
  ['ms-m', 35],
  ['owasp-k8s/2025', 10],
])('%s has %i controls', (id, total) => {
  expect(framework(id).controls).toHaveLength(total);
});

describe('CIS Kubernetes Benchmark', () => {
  const versions = ['1.8', '1.9', '1.10', '1.11', '1.12', '2.0.1'];

  // The id of the same control in each of the versions; none when a version does not have it.
  test.each([
    ['1.2.11', ['1.2.11', '1.2.11', '1.2.11', '1.2.11', '1.2.11', '1.2.11']],
    ['1.2.12', ['1.2.13', '1.2.12', '1.2.12', '1.2.12', '1.2.12', '1.2.12']],
    ['1.2.29', ['1.2.30', '1.2.29', '1.2.29', '1.2.29', '1.2.29', '1.2.29']],
    ['1.2.30', [undefined, undefined, undefined, '1.2.30', '1.2.30', '1.2.30']],
    ['4.2.14', [undefined, undefined, undefined, '4.2.14', '4.2.14', '4.2.14']],
    ['4.3.1', [undefined, '4.3.1', '4.3.1', '4.3.1', '4.3.1', '4.3.1']],
    ['5.2.2', ['5.2.2', '5.2.2', '5.2.2', '5.2.2', '5.2.2', '5.2.2']],
    ['5.2.9', ['5.2.10', '5.2.10', '5.2.10', '5.2.10', '5.2.9', '5.2.9']],
    ['5.2.12', ['5.2.13', '5.2.13', '5.2.13', '5.2.13', '5.2.12', '5.2.12']],
    ['5.6.1', ['5.7.1', '5.7.1', '5.7.1', '5.6.1', '5.6.1', '5.6.1']],
    ['5.6.4', ['5.7.4', '5.7.4', '5.7.4', '5.6.4', '5.6.4', '5.6.4']],
  ])('%s of 1.12 has its own id in each version', (id, expected) => {
    const found = versions.map((version) => {
      const controls = framework(`cis/${version}`).controls;
      return controls.find((control) => (control.newest ?? control.id) === id)?.id;
    });
    expect(found).toEqual(expected);
  });

  test('has controls that 1.12 has dropped', () => {
    const dropped = versions.map((version) => {
      const controls = framework(`cis/${version}`).controls;
      return controls.filter(({ newest }) => newest === '').map(({ id }) => id);
    });
    expect(dropped).toEqual([['1.2.12', '5.2.9'], ['5.2.9'], ['5.2.9'], ['4.2.15', '5.2.9'], [], []]);
  });

  test('cannot be assessed for the files of nodes', () => {
    const files = framework('cis/1.12').controls.filter(({ notAssessable }) => notAssessable !== undefined);
    expect(new Set(files.map(({ id }) => id.replace(/[.][0-9]+$/, '')))).toEqual(new Set(['1.1', '4.1']));
    expect(files).toHaveLength(21 + 10);
  });
});

describe('regulatory frameworks', () => {
  test('NIST SP 800-53 has its 299 base controls and the enhancements of the HIGH baseline', () => {
    // usnistgov/oscal-content 88bb8de, release 5.1.1: the 298 of September 2020 (322 less 24 withdrawn) and IA-13.
    const families =
      'AC 23 AT 5 AU 15 CA 8 CM 14 CP 12 IA 13 IR 9 MA 7 MP 8 PE 22 PL 8 PM 32 PS 9 PT 8 RA 9 SA 16 SC 47 SI 22 SR 12';
    const counts = Object.entries(count('nist-800-53/r5', /^[A-Z]{2}(?=-[0-9]+$)/));
    expect(counts.flat().join(' ')).toBe(families);
    // SP 800-53B: HIGH has 188 base controls and 182 enhancements; AC-4(21), IA-5(7), SC-5(2) and SC-7(10) are beyond it.
    expect(framework('nist-800-53/r5').controls).toHaveLength(299 + 182 + 4);
  });

  test('SOC 2 has 33 common criteria and 28 of the other categories', () => {
    // AICPA TSP section 100.
    expect(count('soc2', /^[A-Z]+/)).toEqual({ CC: 33, A: 3, C: 2, PI: 5, P: 18 });
  });

  test('HIPAA has the standards and specifications of each section', () => {
    // Appendix A to Subpart C of Part 164 counts 9 and 21, 4 and 8, 5 and 7; .314 has 2 and 7, .316 has 2 and 3.
    expect(count('hipaa', /^164\.3[0-9]{2}/)).toEqual({
      '164.308': 30,
      '164.310': 12,
      '164.312': 12,
      '164.314': 9,
      '164.316': 5,
    });
  });

  test('GDPR has every article from 5 to 50', () => {
    const articles = Array.from({ length: 46 }, (_, index) => `${index + 5}`);
    expect(Object.keys(count('gdpr', /^[0-9]+$/))).toEqual(articles);
  });

  test('PCI DSS has 250 requirements', () => {
    // The ids of 4.0 in intuitem/ciso-assistant-community f990d7b; 4.0.1 neither adds nor removes any.
    const perSection = [19, 11, 29, 6, 13, 19, 12, 29, 27, 27, 21, 37];
    expect(Object.values(count('pci-dss/4.0.1', /^[0-9]+/))).toEqual(perSection);
  });

  test('ISO/IEC 27001 has the 93 controls of Annex A', () => {
    expect(count('iso-27001/2022', /^A\.[0-9]/)).toEqual({ 'A.5': 37, 'A.6': 8, 'A.7': 14, 'A.8': 34 });
  });
});
