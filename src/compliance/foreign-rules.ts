import table from './foreign-rules.json' with { type: 'json' };

/** Tools whose checks are known by name. */
export const foreignTools = [
  'kube-linter',
  'polaris',
  'kube-score',
  'checkov',
  'trivy',
  'kubescape',
] as const;

export type ForeignTool = (typeof foreignTools)[number];

/** By rule id, what each tool calls its checks for the same fault. */
export const foreignNames: Readonly<
  Record<string, Readonly<Partial<Record<ForeignTool, readonly string[]>>>>
> = table.rules;

/**
 * Makes a look-up of the rules that look for the same fault as the check that a tool calls by a name; none when there is
 * no such name. Case does not matter, and Trivy's ids have several spellings: `KSV-0017`, `KSV017`, `AVD-KSV-0017`.
 */
export function foreignLookup(): (name: string, tool: ForeignTool) => readonly string[] {
  const index = new Map<string, string[]>();
  for (const [rule, byTool] of Object.entries(foreignNames))
    for (const tool of foreignTools)
      for (const name of byTool[tool] ?? []) {
        const key = keyOf(name, tool);
        index.set(key, [...(index.get(key) ?? []), rule]);
      }
  return (name, tool) => index.get(keyOf(name, tool)) ?? [];
}

/** The rules that look for something that a tool looks for, too. */
export function rulesKnownTo(tool: ForeignTool): readonly string[] {
  return Object.entries(foreignNames)
    .filter(([, byTool]) => byTool[tool] !== undefined)
    .map(([rule]) => rule);
}

function keyOf(name: string, tool: ForeignTool): string {
  return `${tool} ${name.toLowerCase().replace(/^(?:avd-)?(k[sc]v)-?0*(?=\d+$)/, '$1-')}`;
}
