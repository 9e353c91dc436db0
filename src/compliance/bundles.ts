/** Names of the bundles through which rules map to regulatory controls. */
export const bundles = [
  'HARD',
  'HOST',
  'IAM',
  'AUTHN',
  'NET',
  'TLS',
  'REST',
  'SECR',
  'AUDIT',
  'SUPPLY',
  'VULN',
  'AVAIL',
  'BACKUP',
  'CHG',
  'ENV',
  'EDGE',
  'POLICY',
  'QUAL',
] as const;

export type Bundle = (typeof bundles)[number];

/**
 * The regulatory controls that the rules of a bundle give evidence for: NIST SP 800-53 r5, SOC 2 (TSC), HIPAA
 * (45 CFR), GDPR, PCI DSS 4.0.1, ISO/IEC 27001:2022 Annex A. Evidence supports a control; it never satisfies one.
 *
 * Sources where there is a public mapping: the Azure Policy initiatives for Kubernetes (Azure/azure-policy
 * f4a50ba), ComplianceAsCode `nist_ocp4` and `pcidss_4_ocp4` (b3a2cca), kubescape's SOC 2 framework
 * (kubescape/regolibrary ce7ef32). The other ids are our own judgement.
 */
export const bundleControls: Readonly<Record<Bundle, readonly string[]>> = {
  HARD: [
    ...nist('CM-6', 'CM-7', 'AC-6', 'SC-39'),
    ...soc2('CC6.8', 'CC8.1'),
    ...hipaa('164.312(a)(1)', '164.308(a)(1)(ii)(B)'),
    ...gdpr('25(2)', '32(1)(b)'),
    ...pci('2.2.1', '2.2.4', '2.2.6'),
    ...iso('A.8.9', 'A.8.27'),
  ],
  HOST: [
    ...nist('CM-6', 'SC-2', 'SC-3', 'SC-4', 'SC-39', 'AC-6(10)'),
    ...soc2('CC6.8', 'CC8.1', 'CC6.1'),
    ...hipaa('164.312(a)(1)'),
    ...gdpr('32(1)(b)'),
    ...pci('2.2.3', '2.2.4', '1.4.1'),
    ...iso('A.8.2', 'A.8.9', 'A.8.22'),
  ],
  IAM: [
    ...nist('AC-2', 'AC-3', 'AC-5', 'AC-6', 'AC-6(1)', 'AC-6(5)', 'AC-6(10)', 'CM-6'),
    ...soc2('CC6.1', 'CC6.2', 'CC6.3'),
    ...hipaa('164.308(a)(3)(i)', '164.308(a)(4)(i)', '164.308(a)(4)(ii)(B)', '164.312(a)(1)'),
    ...gdpr('25(2)', '32(1)(b)', '32(4)'),
    ...pci('7.2.1', '7.2.2', '7.2.5', '7.3.1'),
    ...iso('A.5.15', 'A.5.18', 'A.8.2', 'A.8.3'),
  ],
  AUTHN: [
    ...nist('AC-2', 'IA-2', 'IA-5', 'IA-9', 'AC-17'),
    ...soc2('CC6.1', 'CC6.2'),
    ...hipaa('164.312(a)(2)(i)', '164.312(d)'),
    ...gdpr('32(1)(b)'),
    ...pci('8.2.1', '8.2.2', '2.2.2', '8.6.1'),
    ...iso('A.5.16', 'A.5.17', 'A.8.5'),
  ],
  NET: [
    ...nist('AC-4', 'AC-4(21)', 'SC-7', 'SC-7(3)', 'SC-7(5)', 'SC-7(8)', 'SC-7(21)', 'CM-7'),
    ...soc2('CC6.1', 'CC6.6', 'CC7.2'),
    ...hipaa('164.312(a)(1)', '164.312(e)(1)'),
    ...gdpr('32(1)(b)'),
    ...pci('1.2.5', '1.2.6', '1.3.1', '1.3.2', '1.4.1', '1.4.2', '1.4.4'),
    ...iso('A.8.20', 'A.8.22'),
  ],
  TLS: [
    ...nist('SC-8', 'SC-8(1)', 'SC-13', 'SC-23', 'AC-17(2)', 'SC-17'),
    ...soc2('CC6.1', 'CC6.6', 'CC6.7'),
    ...hipaa('164.312(e)(1)', '164.312(e)(2)(i)', '164.312(e)(2)(ii)'),
    ...gdpr('32(1)(a)'),
    ...pci('2.2.5', '2.2.7', '4.2.1', '4.2.1.1'),
    ...iso('A.5.14', 'A.8.21', 'A.8.24'),
  ],
  REST: [
    ...nist('SC-28', 'SC-28(1)', 'SC-12', 'SC-13'),
    ...soc2('CC6.1', 'CC6.7', 'C1.1'),
    ...hipaa('164.312(a)(2)(iv)'),
    ...gdpr('32(1)(a)'),
    ...pci('3.5.1', '3.5.1.3', '3.6.1'),
    ...iso('A.8.24'),
  ],
  SECR: [
    ...nist('IA-5', 'IA-5(7)', 'SC-12', 'SC-28', 'CM-6'),
    ...soc2('CC6.1', 'CC6.6', 'CC6.7'),
    ...hipaa('164.312(a)(2)(iv)', '164.312(d)', '164.308(a)(5)(ii)(D)'),
    ...gdpr('32(1)(a)', '32(1)(b)'),
    ...pci('8.3.2', '8.6.2', '8.6.3', '3.6.1'),
    ...iso('A.5.17', 'A.8.12', 'A.8.24'),
  ],
  AUDIT: [
    ...nist('AU-2', 'AU-3', 'AU-6', 'AU-9', 'AU-11', 'AU-12', 'SI-4'),
    ...soc2('CC6.8', 'CC7.1', 'CC7.2', 'CC7.3'),
    ...hipaa('164.312(b)', '164.308(a)(1)(ii)(D)'),
    ...gdpr('32(1)(d)', '33'),
    ...pci('10.2.1', '10.2.1.2', '10.2.2', '10.3.2', '10.3.3', '10.5.1'),
    ...iso('A.8.15', 'A.8.16', 'A.5.28'),
  ],
  SUPPLY: [
    ...nist('CM-7(5)', 'CM-11', 'CM-14', 'SA-10', 'SI-7', 'SI-7(15)', 'SR-3', 'SR-4', 'SR-11', 'CM-6'),
    ...soc2('CC6.8', 'CC8.1'),
    ...hipaa('164.312(c)(1)', '164.308(a)(5)(ii)(B)'),
    ...gdpr('32(1)(b)'),
    ...pci('6.3.2', '6.3.3'),
    ...iso('A.5.21', 'A.8.19', 'A.8.25'),
  ],
  VULN: [
    ...nist('SI-2', 'RA-5', 'SA-22', 'CM-2'),
    ...soc2('CC7.1'),
    ...hipaa('164.308(a)(1)(ii)(B)', '164.308(a)(5)(ii)(B)'),
    ...gdpr('32(1)(d)'),
    ...pci('6.3.3', '11.3.1'),
    ...iso('A.8.8', 'A.8.19'),
  ],
  AVAIL: [
    ...nist('SC-5', 'SC-5(2)', 'SC-6', 'CP-10'),
    ...soc2('A1.1', 'A1.2'),
    ...hipaa('164.308(a)(7)(i)', '164.308(a)(7)(ii)(B)', '164.308(a)(7)(ii)(C)'),
    ...gdpr('32(1)(b)', '32(1)(c)'),
    ...iso('A.8.6', 'A.8.14'),
  ],
  BACKUP: [
    ...nist('CP-9', 'CP-9(8)', 'CP-10'),
    ...soc2('A1.2', 'A1.3'),
    ...hipaa('164.308(a)(7)(ii)(A)'),
    ...gdpr('32(1)(c)'),
    ...iso('A.8.13'),
  ],
  CHG: [
    ...nist('CM-2', 'CM-3', 'CM-3(2)', 'CM-3(6)', 'CM-5', 'CM-6(1)', 'SI-7'),
    ...soc2('CC7.1', 'CC8.1'),
    ...hipaa('164.312(c)(1)', '164.308(a)(8)'),
    ...gdpr('32(1)(d)'),
    ...pci('6.5.1', '11.5.2'),
    ...iso('A.8.9', 'A.8.32'),
  ],
  ENV: [
    ...nist('CM-4', 'SC-7(21)', 'AC-4(21)'),
    ...soc2('CC8.1'),
    ...gdpr('25', '32(1)(b)'),
    ...pci('6.5.3', '2.2.3'),
    ...iso('A.8.31'),
  ],
  EDGE: [
    ...nist('SC-5', 'SC-5(2)', 'SC-7', 'SC-7(5)'),
    ...soc2('CC6.6'),
    ...hipaa('164.312(e)(1)'),
    ...gdpr('32(1)(b)'),
    ...pci('1.4.2', '1.4.4', '6.4.1', '6.4.2'),
    ...iso('A.8.20', 'A.8.21', 'A.8.26'),
  ],
  POLICY: [
    ...nist('CM-6(1)', 'CM-7(2)', 'CA-7', 'RA-5'),
    ...soc2('CC6.8', 'CC8.1', 'CC7.1'),
    ...hipaa('164.308(a)(8)'),
    ...gdpr('24', '25', '28', '32'),
    ...pci('2.2.1', '2.2.6', '1.2.5'),
    ...iso('A.5.36', 'A.8.9'),
  ],
  QUAL: [
    ...nist('CM-3(2)', 'CM-4', 'SI-10'),
    ...soc2('CC8.1'),
    ...gdpr('32(1)(b)'),
    ...pci('6.5.1'),
    ...iso('A.8.9', 'A.8.29'),
  ],
};

function nist(...ids: readonly string[]): string[] {
  return ids.map((id) => `nist-800-53/r5:${id}`);
}

function soc2(...ids: readonly string[]): string[] {
  return ids.map((id) => `soc2:${id}`);
}

function hipaa(...ids: readonly string[]): string[] {
  return ids.map((id) => `hipaa:${id}`);
}

function gdpr(...ids: readonly string[]): string[] {
  return ids.map((id) => `gdpr:${id}`);
}

function pci(...ids: readonly string[]): string[] {
  return ids.map((id) => `pci-dss/4.0.1:${id}`);
}

function iso(...ids: readonly string[]): string[] {
  return ids.map((id) => `iso-27001/2022:${id}`);
}
