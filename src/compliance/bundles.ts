/** Names of the bundles through which rules map to regulatory controls; catalogue §2.6. */
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
