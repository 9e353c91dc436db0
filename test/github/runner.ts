import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';

/** A step of a job that uses the Action. */
export interface Step {
  /** Path of the node that runs it. */
  readonly node?: string;
  readonly event: string;
  readonly payload: unknown;
  /** The checkout. */
  readonly workspace: string;
  readonly with?: Readonly<Record<string, string>>;
  /** Variables that differ from those of a runner of github.com. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a runner sees of a step. */
export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Commands that the runner would obey. */
  readonly commands: readonly Command[];
  /** Lines that begin like a command without being one or while commands are stopped, or that have an old one. */
  readonly suspects: readonly string[];
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A workflow command as the runner reads it: `::name key=value,…::data`. */
export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** A new directory with files in it. */
export function workspaceOf(files: Readonly<Record<string, string>>): string {
  const workspace = mkdtempSync(join(tmpdir(), 'plimsoll-workspace-'));
  writeFiles(workspace, files);
  return workspace;
}

export function writeFiles(workspace: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, file)), { recursive: true });
    writeFileSync(join(workspace, file), text);
  }
}

/** Runs the built Action as a runner does: inputs with the defaults of action.yml, files for event, outputs and summary. */
export async function runStep(step: Step): Promise<Outcome> {
  const temp = mkdtempSync(join(tmpdir(), 'plimsoll-runner-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(temp, name), text);
    return join(temp, name);
  };
  const summary = file('summary.md', 'From an earlier step.\n');
  const outputs = file('outputs', '');
  const env = {
    PATH: process.env.PATH,
    HOME: temp,
    CI: 'true',
    NO_COLOR: '1',
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: step.event,
    GITHUB_EVENT_PATH: file('event.json', JSON.stringify(step.payload)),
    GITHUB_REPOSITORY: 'octo/shop',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: 'c'.repeat(40),
    GITHUB_WORKFLOW: 'Manifests',
    GITHUB_JOB: 'plimsoll',
    GITHUB_WORKSPACE: step.workspace,
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_OUTPUT: outputs,
    RUNNER_TEMP: temp,
    ...inputs(step.with),
    ...step.env,
  };
  const child = spawn(step.node ?? process.execPath, [resolve(metadata().runs.main)], {
    cwd: step.workspace,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((done) => child.on('close', done)),
  ]);
  return {
    exitCode,
    stdout,
    stderr,
    ...readLog(stdout),
    summary: readFileSync(summary, 'utf8'),
    outputs: readOutputs(readFileSync(outputs, 'utf8')),
  };
}

interface Metadata {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly runs: { readonly using: string; readonly main: string };
}

/** action.yml. */
export function metadata(): Metadata {
  return parse(readFileSync('action.yml', 'utf8')) as Metadata;
}

function inputs(given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const known = Object.entries(metadata().inputs).map(([name, input]): [string, string] => {
    const value = given[name] ?? input.default ?? '';
    return [name, value.includes('github.token') ? 'ghs_secret' : value];
  });
  return Object.fromEntries(known.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += chunk;
  return text;
}

/** Finds the commands in a log, as actions/runner does (ActionCommand.cs, ActionCommandManager.cs). */
function readLog(log: string): Pick<Outcome, 'commands' | 'suspects'> {
  const commands: Command[] = [];
  const suspects: string[] = [];
  let stopped: string | undefined;
  for (const line of log.split(/\r\n|\r|\n/)) {
    const [, info = '', data = ''] = /^\s*::(.*?)::(.*)$/.exec(line) ?? [];
    const [name = '', ...rest] = info.split(' ');
    if (name === stopped) stopped = undefined;
    else if (stopped !== undefined || name === '') {
      if (/^\s*::|##\[/.test(line)) suspects.push(line);
    } else if (name === 'stop-commands') stopped = data;
    else {
      const pairs = rest.join(' ').split(',').filter(Boolean);
      const properties = pairs.map((pair): [string, string] => {
        const [key = '', value = ''] = pair.split(/=(.*)/);
        return [key, unescaped(value)];
      });
      commands.push({ name, properties: Object.fromEntries(properties), data: unescaped(data) });
    }
  }
  return { commands, suspects };
}

function unescaped(text: string): string {
  const characters: Record<string, string> = { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',', '%25': '%' };
  return text.replace(/%(0D|0A|3A|2C|25)/g, (code) => characters[code] ?? code);
}

/** Reads what `GITHUB_OUTPUT` holds: `name<<delimiter`, the value, the delimiter. */
function readOutputs(text: string): Record<string, string> {
  const outputs = text.matchAll(/^(.+?)<<(.+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries(Array.from(outputs, ([, name = '', , value = '']) => [name, value]));
}
