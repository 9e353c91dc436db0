import type { Coverage, Finding, Location, Report, Verdict } from '../../src/judge/report.ts';
import type { ReportContext } from '../../src/report/context.ts';
import type { RuleInfo } from '../../src/rules/rule.ts';
import { type Severity, severities } from '../../src/severity.ts';

/** A finding with a container, one marked word at 1:1 unless told otherwise. */
export function finding(
  changes: Partial<Omit<Finding, 'location'>> & { readonly location?: Partial<Location> } = {},
): Finding {
  const { location, ...rest } = changes;
  const line = location?.line ?? 1;
  const column = location?.column ?? 1;
  return {
    rule: 'pod/privileged',
    severity: 'critical',
    message: 'Container app runs privileged.',
    object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'api', container: 'app' },
    targets: ['deploy'],
    related: [],
    pointer: '/spec/template/spec/containers/0/securityContext/privileged',
    state: 'new',
    fingerprint: '0123456789abcdef',
    controls: ['pss/baseline:privileged'],
    ...rest,
    location: {
      file: 'deploy/api.yaml',
      line,
      column,
      endLine: line,
      endColumn: column + 4,
      precision: 'exact',
      role: 'literal',
      ...location,
    },
  };
}

/** A finding about a file as such. */
export function fileFinding(changes: Parameters<typeof finding>[0] = {}): Finding {
  const { object: _, ...rest } = finding({ rule: 'schema/yaml-invalid', pointer: '', ...changes });
  return rest;
}

export interface ReportChanges {
  readonly findings?: readonly Finding[];
  readonly verdict?: Partial<Verdict>;
  readonly files?: Partial<Coverage['files']>;
  readonly coverage?: Partial<Omit<Coverage, 'files'>>;
  readonly notices?: Report['notices'];
}

/** A report whose verdict counts its findings; 41 objects in 12 files. */
export function report({
  findings = [],
  verdict = {},
  files,
  coverage,
  notices = [],
}: ReportChanges = {}): Report {
  const counted = findings.filter(({ suppressed }) => suppressed === undefined);
  const open = counted.filter(({ state }) => state === 'new');
  const bySeverity = Object.fromEntries(
    severities.map((each) => [each, open.filter(({ severity }) => severity === each).length]),
  ) as Record<Severity, number>;
  const failOn = verdict.failOn ?? 'high';
  const failing = failOn === 'never' ? [] : severities.slice(0, severities.indexOf(failOn) + 1);
  return {
    version: 1,
    tool: { name: 'plimsoll', version: '0.1.0' },
    verdict: {
      passed: failing.every((severity) => bySeverity[severity] === 0),
      failOn,
      scope: 'all',
      profile: 'recommended',
      new: open.length,
      existing: counted.length - open.length,
      fixed: 0,
      suppressed: findings.length - counted.length,
      bySeverity,
      ...verdict,
    },
    findings,
    coverage: {
      files: { total: 20, checked: 12, notKubernetes: 8, excluded: 0, failed: 0, ...files },
      objects: 41,
      targets: 1,
      notChecked: [],
      unknownKinds: [],
      ...coverage,
    },
    notices,
  };
}

/** `number` findings of these severities in turn, ten to a file, with names as long as Kubernetes takes them. */
export function manyFindings(
  number: number,
  of: readonly Severity[] = severities.filter((severity) => severity !== 'internal'),
): Finding[] {
  const name = 'a-long-name-'.repeat(21);
  return Array.from({ length: number }, (_, index) => {
    const directory = String(Math.floor(index / 10)).padStart(5, '0');
    return finding({
      severity: of[index % of.length] ?? 'info',
      message: `Container ${name} number ${index} runs privileged 🚢.`,
      object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: name, name: `${name}${index}` },
      location: { file: `clusters/${directory}/${name}.yaml`, line: (index % 10) * 20 + 1 },
    });
  });
}

const rules: Readonly<Record<string, Pick<RuleInfo, 'summary' | 'why' | 'remedy'>>> = {
  'pod/privileged': {
    summary: 'Container runs privileged',
    why: 'A privileged container has all capabilities and all devices of the node. It can take over the node.',
    remedy: 'Set securityContext.privileged to false, or remove it.',
  },
  'pod/host-path': {
    summary: 'Pod mounts a directory of the node',
    why: 'A hostPath volume opens the file system of the node to the pod.',
    remedy: 'Use a PersistentVolumeClaim, a ConfigMap or an emptyDir.',
  },
  'pod/run-as-non-root': {
    summary: 'Container may run as root',
    why: 'Root in a container is root on the node once it breaks out.',
    remedy: 'Set securityContext.runAsNonRoot to true.',
  },
  'secrets/plaintext-secret': {
    summary: 'Secret is in the repository in clear text',
    why: 'Everyone who can read the repository can read the secret.',
    remedy: 'Encrypt it, or keep it in a secret store, and change it.',
  },
};

/** Knows the four rules above and `source`, a text by file; links go to a GitHub Enterprise Server. */
export function context(source: Readonly<Record<string, string>> = {}): ReportContext {
  return {
    rule: (id) => {
      const rule = rules[id];
      if (rule === undefined) return undefined;
      const { summary, why, remedy } = rule;
      return {
        id,
        summary,
        why,
        remedy,
        severity: 'high',
        controls: [],
        bundle: 'HARD',
        kinds: ['*'],
        recommended: true,
        since: '0.1.0',
      };
    },
    sourceLine: (file, line) => source[file]?.split('\n')[line - 1],
    link: (file, line) =>
      `https://ghe.example/acme/shop/blob/0123abc/${file}${line === undefined ? '' : `#L${line}`}`,
  };
}

/** What a stranger may put into names, messages and paths. */
export const hostileTexts: readonly string[] = [
  '::error::pwned',
  '  ::set-output name=x::y',
  'x ##[error]pwned',
  '##[stop-commands]token',
  'a\n::error::pwned',
  'a\r\n##[group]x',
  '\u001b[2J\u001b]0;title\u0007',
  '\u009b31m',
  'user\u202egnp.exe',
  'zero\u200bwidth\ufeff',
  'half \ud800 of a pair',
  '-->',
  '</details></table>',
  '<!-- plimsoll:plimsoll -->',
  '<img src=x onerror=alert(1)>',
  '`',
  '``` a `` b',
  'a|b\\|c\\\\|d',
  '\\',
  '@acme/team and @someone',
  '#123, acme/shop#4 and GH-5',
  '0123abcdef0123456789abcdef0123456789abcd',
  'https://evil.example www.evil.example a@evil.example',
  '![x](https://evil.example) [y](javascript:z)',
  '$\\alpha$ and $(VAR)',
];
