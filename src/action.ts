import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as core from '@actions/core';
import { check } from './check.ts';
import { reportOn } from './compliance-command.ts';
import { configPaths, loadConfig } from './config/load.ts';
import { resolveSettings, type Settings } from './config/settings.ts';
import { mayRefer } from './discover/builds.ts';
import { defectText, mistakeText, UserError } from './errors.ts';
import { openFiles } from './files/disk.ts';
import type { FileTree } from './files/file-tree.ts';
import { runGit } from './files/git.ts';
import { openCommit } from './files/git-commit.ts';
import { openPath } from './files/open.ts';
import { type Change, changedFiles } from './github/changed-files.ts';
import type { Client } from './github/client.ts';
import { linkTo, type PullRequestEvent, type Run, readRun } from './github/event.ts';
import { explainRefusal, upsertComment } from './github/sticky-comment.ts';
import type { ComplianceReport } from './judge/compliance-report.ts';
import type { Notice, Report } from './judge/report.ts';
import { createEngine } from './render/engine/load.ts';
import { annotations } from './report/annotations.ts';
import { commentMarkdown, commentMarker, hasSomethingToSay } from './report/comment.ts';
import { complianceHtml } from './report/compliance-html.ts';
import { complianceJson } from './report/compliance-json.ts';
import { complianceSummary } from './report/compliance-markdown.ts';
import type { ReportContext } from './report/context.ts';
import { jsonReport } from './report/json.ts';
import { oscalReport } from './report/oscal.ts';
import { summaryMarkdown } from './report/summary.ts';
import { terminalReport } from './report/terminal.ts';
import { verdictLine } from './report/verdict.ts';
import { ruleIds, rules } from './rules/index.ts';
import { version } from './version.ts';

try {
  await main();
} catch (error) {
  core.setFailed(error instanceof UserError ? mistakeText(error) : defectText(error, version));
}

async function main(): Promise<void> {
  const run = readRun(process.env);
  const workspace = process.env.GITHUB_WORKSPACE || process.cwd();
  const path = resolve(workspace, core.getInput('path') || '.');
  const root = await repositoryRoot(path, workspace);

  const { tree, path: wanted } = await openPath(root, path, mayRefer);
  if ((await tree.list()).length === 0)
    throw new UserError('There are no files to check.', {
      where: path,
      todo: 'Check out the repository in a step before this one, with actions/checkout.',
    });
  const configPath = core.getInput('config') || undefined;
  const configTree = openFiles(root, configPath === undefined ? configPaths : [configPath]);
  const config = await loadConfig(configTree, { path: configPath, ruleIds });
  const settings = resolveSettings(
    {
      profile: core.getInput('profile'),
      scope: core.getInput('scope'),
      'fail-on': core.getInput('fail-on'),
      comment: core.getInput('comment'),
      annotations: core.getInput('annotations'),
      compliance: core.getInput('compliance'),
    },
    config,
    ruleIds,
  );

  const client = await connect(run);
  const { change, notices } = await learnChange(run, settings, client, root);
  const base = await openBase(run, root, notices);
  const engine = createEngine(new URL('./', import.meta.url));
  const today = new Date().toISOString().slice(0, 10);
  const result = await check({
    tree,
    base,
    path: wanted,
    settings,
    rules,
    engine: () => engine,
    changedFiles: change && new Set(change.files),
    today,
    version,
  }).finally(() => Promise.all([base?.close(), engine.close()]));
  const report = { ...result.report, notices: [...notices, ...result.report.notices] };
  const context: ReportContext = {
    rule: (id) => rules.find((rule) => rule.id === id),
    sourceLine: result.sourceLine,
    link: (file, line) => linkTo(run, file, line),
  };

  printReport(report, context);
  if (settings.annotations) annotate(report, context, change);
  const directory = await mkdtemp(join(process.env.RUNNER_TEMP || tmpdir(), 'plimsoll-'));
  const complianceDirectory = join(directory, 'compliance');
  const about = { frameworks: settings.compliance, directory: root, path, today };
  const compliance = settings.compliance.length === 0 ? undefined : await reportOn(result, about);
  if (compliance !== undefined) await writeCompliance(complianceDirectory, compliance, context);
  if (process.env.GITHUB_STEP_SUMMARY) {
    const where = 'The whole report is in the directory that the output `compliance-directory` names.';
    const section = compliance === undefined ? '' : complianceSummary(compliance, where);
    await core.summary.addRaw(summaryMarkdown(report, context) + section, true).write();
  }
  if (settings.comment && run.event.kind === 'pull_request')
    await comment(client, run, run.event, report, context);
  await setOutputs(report, directory, compliance === undefined ? '' : complianceDirectory);
  if (!report.verdict.passed) core.setFailed(verdictLine(report));
}

/**
 * The directory that paths count from, as GitHub counts them: the root of the checkout that holds `path`, which need
 * not be the workspace (see `path` of actions/checkout).
 */
async function repositoryRoot(path: string, workspace: string): Promise<string> {
  const { ok, stdout } = await runGit(path, ['rev-parse', '--show-cdup']);
  return ok ? resolve(path, stdout.toString().trim()) : workspace;
}

async function connect({ apiUrl }: Run): Promise<Client | undefined> {
  const token = core.getInput('token');
  if (token === '') return undefined;
  const { createClient } = await import('./github/client.ts');
  return createClient(token, apiUrl, core);
}

/** What the event changes, if it is known, and what there is to remark on it. */
async function learnChange(
  run: Run,
  { scope }: Settings,
  client: Client | undefined,
  directory: string,
): Promise<{ change: Change | undefined; notices: Notice[] }> {
  const { event } = run;
  const notices: Notice[] = [];
  if (event.kind === 'other') return { change: undefined, notices };
  if (event.kind === 'pull_request' && event.privileged)
    notices.push({
      message:
        'With pull_request_target the checkout decides what is checked: by default the base branch, not the pull request.',
    });
  const learnt = await changedFiles({ ...run, event }, { client, directory });
  if ('change' in learnt) return { change: learnt.change, notices };
  if (scope !== 'all')
    notices.push({
      message: `All findings decide, as it is not known which files changed: ${learnt.reason}.`,
    });
  return { change: undefined, notices };
}

/** What the event changes, as it was before; undefined, and a notice why, when the clone has not that commit. */
async function openBase({ event }: Run, root: string, notices: Notice[]): Promise<FileTree | undefined> {
  if (event.kind === 'other' || event.base === undefined) return undefined;
  try {
    return await openCommit(root, event.base);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    notices.push({
      message:
        'What a change may not do to an object that exists was not checked: the clone has not the commit that the change starts from (fetch-depth: 0 of actions/checkout).',
    });
    return undefined;
  }
}

/** Prints the report while the runner takes no commands, whatever a line may begin with. */
function printReport(report: Report, context: ReportContext): void {
  const token = randomUUID();
  const text = terminalReport(report, context, { color: !process.env.NO_COLOR });
  process.stdout.write(`::stop-commands::${token}\n${text}::${token}::\n`);
}

function annotate(report: Report, context: ReportContext, change: Change | undefined): void {
  const print = { error: core.error, warning: core.warning, notice: core.notice };
  const all = annotations(report, context, { changedLines: change?.lines ?? new Map() });
  for (const { level, message, ...properties } of all) print[level](message, properties);
}

async function comment(
  client: Client | undefined,
  { owner, repo }: Run,
  { number, fromFork, privileged }: PullRequestEvent,
  report: Report,
  context: ReportContext,
): Promise<void> {
  if (client === undefined) {
    core.notice('There is no token, so the pull request gets no comment.');
    return;
  }
  const id = commentId();
  try {
    const outcome = await upsertComment(
      client,
      { owner, repo, number },
      {
        marker: commentMarker(id),
        body: commentMarkdown(report, context, { id }),
        worthMaking: hasSomethingToSay(report),
      },
    );
    core.info(`Comment on the pull request: ${outcome}.`);
  } catch (error) {
    core.warning(explainRefusal(error, fromFork && !privileged));
  }
}

/** Tells the jobs apart that comment on one pull request. */
function commentId(): string {
  const { GITHUB_WORKFLOW, GITHUB_JOB } = process.env;
  const inputs = ['path', 'config', 'profile'].map((name) => core.getInput(name));
  const key = JSON.stringify([GITHUB_WORKFLOW, GITHUB_JOB, ...inputs]);
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

/** Writes the compliance report for people, for programs, and for the tools of auditors. */
async function writeCompliance(
  directory: string,
  report: ComplianceReport,
  context: ReportContext,
): Promise<void> {
  await mkdir(directory);
  await writeFile(join(directory, 'compliance.html'), complianceHtml(report, context));
  await writeFile(join(directory, 'compliance.json'), complianceJson(report));
  await writeFile(join(directory, 'compliance.oscal.json'), oscalReport(report));
}

async function setOutputs(report: Report, directory: string, complianceDirectory: string): Promise<void> {
  const file = join(directory, 'report.json');
  await writeFile(file, jsonReport(report));
  core.setOutput('verdict', report.verdict.passed ? 'passed' : 'failed');
  core.setOutput('new', report.verdict.new);
  core.setOutput('existing', report.verdict.existing);
  core.setOutput('report-file', file);
  core.setOutput('compliance-directory', complianceDirectory);
}
