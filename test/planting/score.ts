import { check } from '../../src/check.ts';
import { resolveSettings } from '../../src/config/settings.ts';
import type { FileTree } from '../../src/files/file-tree.ts';
import type { Finding, Location } from '../../src/judge/report.ts';
import type { Field } from '../../src/kubernetes/field.ts';
import type { RenderEngine } from '../../src/render/engine/protocol.ts';
import { defineRule } from '../../src/rules/rule.ts';
import { isVendored, type Planting, readThrough } from './plant.ts';

/** Reports every field whose key or scalar holds a marker. */
export function plantedRule(marker: string) {
  return defineRule({
    id: 'pod/planted',
    severity: 'high',
    kinds: ['*'],
    summary: 'A planted mark',
    why: 'Shows where a field comes from.',
    remedy: 'Take it out.',
    controls: [],
    bundle: 'QUAL',
    recommended: true,
    since: '0.1.0',
    messages: { line: 'One line.', lines: 'Inside a text of several lines.' },
    check({ manifest, report }) {
      const visit = (field: Field): void => {
        const { value } = field;
        if (typeof value === 'object' && value !== null) {
          const inner = Array.isArray(value) ? field.items() : field.properties();
          for (const each of inner) {
            if (typeof each.key === 'string' && !isNested(each.value) && each.key.includes(marker))
              report(each, 'line', {}, { part: marker });
            else visit(each);
          }
        } else if (String(value).includes(marker))
          report(field, String(value).trim().includes('\n') ? 'lines' : 'line', {}, { part: marker });
      };
      visit(manifest.root);
    },
  });
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** How well the findings tell where the mark was planted. */
export type Score = 'primary' | 'related' | 'wrong' | 'wrong but exact' | 'no effect';

/**
 * The worst of the findings decides. What a vendored chart holds is in its right place where a person can do something
 * about it: in the chart that requires it. What is copied into other fields is in its right place where that is asked
 * for: in the entry of `replacements` or `vars`.
 */
export function score(
  { file, line }: Planting,
  findings: readonly Finding[],
  read: (file: string) => string,
): Score {
  if (findings.length === 0) return 'no effect';
  let worst: Score = 'primary';
  for (const { message, location, related } of findings) {
    const isThere = (place: { file: string; line: number; endLine: number }) =>
      place.file === file && place.line <= line && line <= place.endLine;
    if (isThere(location)) continue;
    // In a text of several lines the file is enough.
    if (message.startsWith('Inside') && location.file === file) continue;
    if (location.precision === 'exact') return 'wrong but exact';
    const named = related.some(isThere);
    if (named && isVendored(file, read) && !isVendored(location.file, read)) continue;
    if (named && isCopy(location, read)) continue;
    if (!named) worst = 'wrong';
    else if (worst === 'primary') worst = 'related';
  }
  return worst;
}

/** What was changed and, for a value, how the template reads it that printed it. */
export function constructOf(
  { construct }: Planting,
  findings: readonly Finding[],
  read: (file: string) => string,
): string {
  if (findings.some(({ location }) => isCopy(location, read))) return 'replacements';
  const [finding] = findings;
  if (construct !== 'values' || finding === undefined) return construct;
  const printing = [finding.location, ...finding.related].find(
    ({ role }) => role === 'template' || role === 'helper',
  );
  return printing === undefined
    ? construct
    : `value through ${readThrough(read(printing.file), printing.line)}`;
}

/** Whether a place is an entry that copies a field of one object to others. */
function isCopy({ file, line, role }: Location, read: (file: string) => string): boolean {
  if (role !== 'kustomization') return false;
  const lines = read(file).split('\n').slice(0, line);
  const top = lines.findLast((each) => /^\w/.test(each)) ?? '';
  return /^(replacements|vars|source|targets):/.test(top) || lines.some((each) => /^- source:/.test(each));
}

/** A tree in which one file has another text. */
export function changed(tree: FileTree, file: string, text: string): FileTree {
  const bytes = new TextEncoder().encode(text);
  return {
    name: tree.name,
    list: async () =>
      (await tree.list()).map((entry) => (entry.path === file ? { ...entry, size: bytes.length } : entry)),
    read: async (path) => (path === file ? bytes : tree.read(path)),
    close: () => tree.close(),
  };
}

/** Checks a tree with a mark in it. `problems` says why what holds the mark was not rendered. */
export async function checkPlanting(
  tree: FileTree,
  planting: Planting,
  engine: RenderEngine,
): Promise<{ readonly findings: readonly Finding[]; readonly problems: string | undefined }> {
  const { report } = await check({
    tree: changed(tree, planting.file, planting.text),
    settings: resolveSettings({ 'all-rules': true }, { config: {} }, ['pod/planted']),
    rules: [plantedRule(planting.marker)],
    engine: () => engine,
    today: '2026-01-01',
    version: '0.0.0',
  });
  const broken = report.findings.find(({ rule }) => rule === 'references/build-broken');
  const problem = broken ?? report.notices[0];
  const findings = report.findings.filter(({ rule }) => rule === 'pod/planted');
  return { findings, problems: findings.length > 0 ? undefined : problem?.message };
}
