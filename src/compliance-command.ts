import { relative, resolve, sep } from 'node:path';
import { type CheckResult, check } from './check.ts';
import { loadFrameworks } from './compliance/frameworks/index.ts';
import { defaultFrameworks, frameworkNames } from './config/frameworks.ts';
import { givenConfig } from './config/given.ts';
import { resolveSettings } from './config/settings.ts';
import { mayRefer } from './discover/builds.ts';
import { checkedOut } from './files/git.ts';
import { openPath } from './files/open.ts';
import { assess } from './judge/compliance.ts';
import type { ComplianceReport } from './judge/compliance-report.ts';
import type { RenderEngine } from './render/engine/protocol.ts';
import { complianceHtml } from './report/compliance-html.ts';
import { complianceJson } from './report/compliance-json.ts';
import { complianceMarkdown } from './report/compliance-markdown.ts';
import type { ReportContext } from './report/context.ts';
import { oscalReport } from './report/oscal.ts';
import { ruleIds, rules } from './rules/index.ts';
import { version } from './version.ts';

/** How compliance reports are written, by the name of the format. */
export const complianceFormats: Readonly<
  Record<string, (report: ComplianceReport, context: ComplianceContext) => string>
> = {
  markdown: complianceMarkdown,
  json: complianceJson,
  html: complianceHtml,
  oscal: oscalReport,
};

type ComplianceContext = Pick<ReportContext, 'rule' | 'link'>;

/** What the user wants a report on, and from what. */
export interface ComplianceFlags {
  /** Names of frameworks, separated by commas. */
  readonly framework?: string;
  /** Path of the config file, from the current directory. */
  readonly config?: string;
  readonly 'kubernetes-version'?: string;
}

/**
 * Checks a repository, a directory or a file for a compliance report.
 * @throws {UserError} when there is no such path or framework, or the config has a mistake.
 */
export async function compliance(
  cwd: string,
  given: string,
  flags: ComplianceFlags,
  { engine, today }: { readonly engine: () => RenderEngine; readonly today: string },
): Promise<{ report: ComplianceReport; notes: readonly string[] }> {
  const { framework, ...others } = flags;
  const { tree, root, path } = await openPath(cwd, given, mayRefer);
  try {
    const config = await givenConfig(cwd, root, { file: flags.config, ruleIds });
    const settings = resolveSettings({ ...others, compliance: framework }, config, ruleIds);
    const result = await check({ tree, path, settings, rules, engine, today, version });
    const named = settings.compliance.length > 0;
    const report = await reportOn(result, {
      frameworks: named ? settings.compliance : defaultFrameworks,
      directory: root,
      path: resolve(cwd, given),
      today,
    });
    const notes = [
      `No framework is named, so the report is on ${defaultFrameworks.join(', ')}.`,
      `With --framework it can be on any of ${frameworkNames.join(', ')}.`,
    ];
    return { report, notes: named ? [] : notes };
  } finally {
    await tree.close();
  }
}

/**
 * The compliance report on what a run saw.
 * @param about ids of frameworks; the directory that paths in the report count from, and what was checked, both absolute.
 */
export async function reportOn(
  result: CheckResult,
  about: {
    readonly frameworks: readonly string[];
    readonly directory: string;
    readonly path: string;
    readonly today: string;
  },
): Promise<ComplianceReport> {
  const { frameworks, directory, path, today } = about;
  const revision = await checkedOut(directory);
  return assess(result.evidence(), rules, await loadFrameworks(frameworks), {
    date: `${today}T00:00:00Z`,
    path: relative(directory, path).split(sep).join('/') || '.',
    ...(revision !== undefined && { revision }),
  });
}
