import { describe, expect, test } from '@jest/globals';
import { bundleControls, bundles } from '../../src/compliance/bundles.ts';
import { controlsOf, namedByRules } from '../../src/compliance/controls.ts';
import type { Control } from '../../src/compliance/framework.ts';

/** How each framework writes its ids. */
const spellings = [
  /^nist-800-53\/r5:[A-Z]{2}-[1-9][0-9]?(?:\([1-9][0-9]?\))?$/,
  /^soc2:(?:CC[1-9]|A1|C1)\.[1-9]$/,
  /^hipaa:164\.3(?:08|12)(?:\([a-e]\))(?:\([0-9]\))?(?:\([iv]+\))?(?:\([A-D]\))?$/,
  /^gdpr:[1-9][0-9](?:\([1-9]\)(?:\([a-d]\))?)?$/,
  /^pci-dss\/4\.0\.1:[1-9][0-9]?(?:\.[1-9]){1,3}$/,
  /^iso-27001\/2022:A\.[58]\.[1-9][0-9]?$/,
];

describe('bundleControls', () => {
  test.each(bundles)('%s has well-formed ids, each once', (bundle) => {
    const ids = bundleControls[bundle];
    expect(ids.filter((id) => !spellings.some((spelling) => spelling.test(id)))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('every bundle supports NIST SP 800-53, SOC 2, GDPR and ISO 27001', () => {
    for (const framework of ['nist-800-53/r5:', 'soc2:', 'gdpr:', 'iso-27001/2022:'])
      expect(
        bundles.filter((bundle) => !bundleControls[bundle].some((id) => id.startsWith(framework))),
      ).toEqual([]);
  });
});

describe('controlsOf', () => {
  test('joins the three, sorted, each once', () => {
    expect(controlsOf(['soc2:A1.2', 'cis/1.12:5.1.1'], ['mitre:T1611', 'cis/1.12:5.1.1'], 'BACKUP')).toEqual([
      'cis/1.12:5.1.1',
      'gdpr:32(1)(c)',
      'hipaa:164.308(a)(7)(ii)(A)',
      'iso-27001/2022:A.8.13',
      'mitre:T1611',
      'nist-800-53/r5:CP-10',
      'nist-800-53/r5:CP-9',
      'nist-800-53/r5:CP-9(8)',
      'soc2:A1.2',
      'soc2:A1.3',
    ]);
  });
});

test.each<[string, Pick<Control, 'id' | 'newest'>, string]>([
  ['nsa', { id: 'pod.image' }, 'nsa:pod.image'],
  ['cis/1.12', { id: '5.2.2' }, 'cis/1.12:5.2.2'],
  ['cis/1.8', { id: '5.2.2' }, 'cis/1.12:5.2.2'],
  ['cis/1.8', { id: '5.2.10', newest: '5.2.9' }, 'cis/1.12:5.2.9'],
  ['cis/1.8', { id: '5.2.9', newest: '' }, 'cis/1.12:'],
])('rules name %s %j as %s', (framework, control, expected) => {
  const full: Control = { title: 'Title', section: 'Section', ...control };
  expect(namedByRules({ id: framework }, full)).toBe(expected);
});
