import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type CheckResult, check } from './check.ts';
import { loadFrameworks } from './compliance/frameworks/index.ts';
import { compliance, complianceFormats } from './compliance-command.ts';
import { didYouMean } from './config/did-you-mean.ts';
import { givenConfig } from './config/given.ts';
import { resolveSettings } from './config/settings.ts';
import { mayRefer } from './discover/builds.ts';
import { defectText, mistakeText, UserError } from './errors.ts';
import { changedSince, mergeBase } from './files/changed.ts';
import type { FileTree } from './files/file-tree.ts';
import { openCommit } from './files/git-commit.ts';
import { openPath } from './files/open.ts';
import { createEngine } from './render/engine/load.ts';
import { render } from './render-command.ts';
import type { ReportContext } from './report/context.ts';
import { escapeTerminal } from './report/escape.ts';
import { explain, listRules } from './report/explain.ts';
import { jsonReport } from './report/json.ts';
import { summaryMarkdown } from './report/summary.ts';
import { terminalReport } from './report/terminal.ts';
import { ruleIds, rules } from './rules/index.ts';
import { version } from './version.ts';

/** What the command needs of its surroundings. */
export interface Surroundings {
  /** Directory that relative paths start from. */
  readonly cwd: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly color: boolean;
  /** Columns of the terminal; undefined when the output goes elsewhere. */
  readonly width: number | undefined;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** Directory of the render engine's files; ends in a slash. */
  readonly engineDirectory: URL;
}

/** Exit codes of the command. */
export const exitCodes = { passed: 0, failed: 1, usage: 2, internal: 3 } as const;

const usage = `Plimsoll ${version}: checks Kubernetes manifests before they are merged.

  plimsoll check [path]     check a repository, a directory or a file (default: .)
  plimsoll render <path>    print what a cluster gets of a chart, an overlay or manifests
  plimsoll compliance [path]
                            say what the manifests show of the controls of frameworks
  plimsoll rules            list all rules
  plimsoll explain <rule>   say what a rule finds, why, and how to mend it; also by the name
                            of a check of another tool, such as KSV-0017

Options of check:
  --format terminal|json|markdown   what to print (default: terminal)
  --output FILE                     write it to a file
  --fail-on critical|high|medium|low|never
                                    exit with 1 from this severity on (default: high)
  --profile recommended|strict      which rules apply (default: recommended)
  --only RULES                      only these rules or families, such as pod/privileged,rbac/*
  --all-rules                       every rule, whatever profile and config say
  --scope changed|all               which findings decide (default: all; changed with --base)
  --base REV                        the git revision that a change starts from
  --kubernetes-version VERSION      such as 1.34 (default: 1.36)
  --config FILE                     instead of .plimsoll.yaml
  --verbose                         show every finding and every path

Options of render:
  --values FILE                     values file over the chart's defaults; may be given again
  --set KEY=VALUE                   one value, as helm takes it; may be given again
  --release NAME                    name of the release (default: release-name)
  --namespace NAMESPACE             namespace of the release (default: default)
  --kubernetes-version VERSION      such as 1.34 (default: 1.36)
  --origins                         show with each line where it comes from
  --output FILE                     write it to a file, to the byte

Options of compliance:
  --framework NAMES                 such as soc2,cis/1.12 (default: pss,cis,nsa), of
                                    pss/baseline, pss/restricted, cis/1.8 to cis/1.12, cis/2.0.1, nsa,
                                    nist-800-190, nist-800-53, mitre, ms-ta, ms-m, owasp-k8s,
                                    soc2, hipaa, gdpr, pci-dss, iso-27001
  --format markdown|json|html|oscal what to write (default: markdown)
  --output FILE                     write it to a file
  --kubernetes-version VERSION      such as 1.34 (default: 1.36)
  --config FILE                     instead of .plimsoll.yaml
  It is no gate: whatever it finds, the exit code is 0.

Exit codes: 0 passed, 1 failed, 2 wrong usage or config, 3 internal error.
`;

/** Runs the command and returns its exit code. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    return await run(args, surroundings);
  } catch (error) {
    if (error instanceof UserError) {
      surroundings.err(`error: ${escapeLines(mistakeText(error))}\n`);
      return exitCodes.usage;
    }
    surroundings.err(`${escapeLines(defectText(error, version))}\n`);
    return exitCodes.internal;
  }
}

/** Messages may quote file names and config text. */
function escapeLines(text: string): string {
  return text.split('\n').map(escapeTerminal).join('\n');
}

async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case 'check':
      return runCheck(rest, surroundings);
    case 'render':
      return runRender(rest, surroundings);
    case 'compliance':
      return runCompliance(rest, surroundings);
    case 'rules':
      surroundings.out(listRules(rules, surroundings.width));
      return exitCodes.passed;
    case 'explain':
      surroundings.out(
        explain(rest[0], rules, { frameworks: await loadFrameworks(), width: surroundings.width }),
      );
      return exitCodes.passed;
    case '--version':
    case '-V':
      surroundings.out(`${version}\n`);
      return exitCodes.passed;
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      surroundings.out(usage);
      return command === undefined ? exitCodes.usage : exitCodes.passed;
    default:
      throw new UserError(
        `There is no command "${command}".${didYouMean(command, ['check', 'render', 'compliance', 'rules', 'explain'])}`,
        {
          todo: 'See plimsoll --help.',
        },
      );
  }
}

const checkOptions = {
  format: { type: 'string' },
  output: { type: 'string' },
  'fail-on': { type: 'string' },
  profile: { type: 'string' },
  only: { type: 'string' },
  'all-rules': { type: 'boolean' },
  scope: { type: 'string' },
  base: { type: 'string' },
  'kubernetes-version': { type: 'string' },
  config: { type: 'string' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parse<typeof checkOptions>>['values'];

const renderOptions = {
  values: { type: 'string', multiple: true },
  set: { type: 'string', multiple: true },
  release: { type: 'string' },
  namespace: { type: 'string' },
  'kubernetes-version': { type: 'string' },
  origins: { type: 'boolean' },
  output: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const complianceOptions = {
  framework: { type: 'string' },
  format: { type: 'string' },
  output: { type: 'string' },
  'kubernetes-version': { type: 'string' },
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const formats: Readonly<
  Record<
    string,
    (result: CheckResult, context: ReportContext, values: Values, surroundings: Surroundings) => string
  >
> = {
  terminal: ({ report }, context, { output, verbose = false }, { color, width }) =>
    terminalReport(report, context, {
      color: color && output === undefined,
      ...(width !== undefined && { width }),
      verbose,
    }),
  json: ({ report }) => jsonReport(report),
  markdown: ({ report }, context) => summaryMarkdown(report, context),
};

async function runRender(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { values, positionals } = parse(args, renderOptions);
  const { cwd, out, err, engineDirectory } = surroundings;
  if (values.help) {
    out(usage);
    return exitCodes.passed;
  }
  const path = onePath(positionals);
  const engine = createEngine(engineDirectory);
  try {
    const { text, problems } = await render(cwd, path, values, () => engine);
    if (values.output === undefined) out(escapeLines(text));
    else await write(resolve(cwd, values.output), text, values.output);
    for (const problem of problems) err(`${escapeLines(problem)}\n`);
    return problems.length === 0 ? exitCodes.passed : exitCodes.failed;
  } finally {
    await engine.close();
  }
}

async function runCompliance(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { values, positionals } = parse(args, complianceOptions);
  const { cwd, out, err, today, engineDirectory } = surroundings;
  if (values.help) {
    out(usage);
    return exitCodes.passed;
  }
  const { format = 'markdown', output } = values;
  const print = formatNamed(format, complianceFormats);
  const path = onePath(positionals);
  const engine = createEngine(engineDirectory);
  try {
    const { report, notes } = await compliance(cwd, path, values, { engine: () => engine, today });
    const text = print(report, { rule: (id) => rules.find((rule) => rule.id === id) });
    for (const note of notes) err(`${note}\n`);
    if (output === undefined) out(text);
    else await write(resolve(cwd, output), text, output);
    return exitCodes.passed;
  } finally {
    await engine.close();
  }
}

/** What writes a format. */
function formatNamed<T>(name: string, known: Readonly<Record<string, T>>): T {
  const format = Object.hasOwn(known, name) ? known[name] : undefined;
  if (format !== undefined) return format;
  const names = Object.keys(known);
  throw new UserError(`"${name}" is none of ${names.join(', ')}.${didYouMean(name, names)}`, {
    where: '--format',
  });
}

function onePath(positionals: readonly string[]): string {
  const [path = '.', another] = positionals;
  if (another !== undefined) throw new UserError('Only one path can be given.', { where: another });
  return path;
}

async function runCheck(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { values, positionals } = parse(args, checkOptions);
  if (values.help) {
    surroundings.out(usage);
    return exitCodes.passed;
  }
  const { format = 'terminal', output, base, scope } = values;
  const print = formatNamed(format, formats);
  const given = onePath(positionals);
  if (scope === 'changed' && base === undefined)
    throw new UserError('It is not known what the change starts from.', {
      where: '--scope changed',
      todo: 'Give the revision with --base, such as --base origin/main.',
    });

  const { cwd, today, engineDirectory } = surroundings;
  const engine = createEngine(engineDirectory);
  const { tree, root, path } = await openPath(cwd, given, mayRefer);
  let before: FileTree | undefined;
  try {
    const settings = resolveSettings(
      values,
      await givenConfig(cwd, root, { file: values.config, ruleIds }),
      ruleIds,
    );
    const changedFiles = base === undefined ? undefined : await changedSince(root, base);
    const start = base === undefined ? undefined : await mergeBase(root, base);
    before = start === undefined ? undefined : await openCommit(root, start);
    const result = await check({
      tree,
      base: before,
      path,
      settings,
      rules,
      engine: () => engine,
      changedFiles,
      today,
      version,
    });
    const { report, sourceLine } = result;
    const context = { rule: (id: string) => rules.find((rule) => rule.id === id), sourceLine };
    const text = print(result, context, values, surroundings);
    if (output === undefined) surroundings.out(text);
    else await write(resolve(cwd, output), text, output);
    return report.verdict.passed ? exitCodes.passed : exitCodes.failed;
  } finally {
    await Promise.all([tree.close(), before?.close(), engine.close()]);
  }
}

async function write(path: string, text: string, name: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new UserError('The output cannot be written.', {
      where: name,
      todo: error instanceof Error ? error.message : '',
      cause: error,
    });
  }
}

function parse<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const unknown = /Unknown option '(-[^']*)'/.exec(message)?.[1];
    if (unknown === undefined) throw new UserError(message, { todo: 'See plimsoll --help.' });
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new UserError(`There is no option ${unknown}.${didYouMean(unknown, known)}`, {
      todo: 'See plimsoll --help.',
    });
  }
}
