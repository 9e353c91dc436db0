import { readFileSync } from 'node:fs';
import { Ajv, type Schema } from 'ajv';
import { UserError } from '../errors.ts';
import { percentEncode } from '../report/escape.ts';

/** Environment variables of the runner. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What started the workflow. Commits are full hexadecimal object names. */
export type Event = PullRequestEvent | RangeEvent | PlainEvent;

export interface PullRequestEvent {
  readonly kind: 'pull_request';
  readonly number: number;
  /** Tip of the base branch. */
  readonly base: string;
  readonly head: string;
  /** From another repository, so that the token of `pull_request` may only read. */
  readonly fromFork: boolean;
  /** `pull_request_target`: the job may write, and checks out the base branch unless told otherwise. */
  readonly privileged: boolean;
}

/** A merge queue's group of pull requests, or a push. */
export interface RangeEvent {
  readonly kind: 'merge_group' | 'push';
  /** The commit before; undefined when a push made the branch, so that there is none. */
  readonly base: string | undefined;
  readonly head: string;
}

/** An event without a change to look at: `schedule`, `workflow_dispatch` and all others. */
export interface PlainEvent {
  readonly kind: 'other';
}

/** The event and where it happened. */
export interface Run {
  readonly event: Event;
  readonly owner: string;
  readonly repo: string;
  /** Such as `https://api.github.com`, without a slash at the end. */
  readonly apiUrl: string;
  /** Such as `https://github.com/owner/repo`. */
  readonly repositoryUrl: string;
  /** The commit that links show: the head of a pull request, not the merge commit that is checked out. */
  readonly commit: string;
}

interface PullRequestPayload {
  pull_request: {
    number: number;
    base: { sha: string; repo: { full_name: string } };
    head: { sha: string; repo: { full_name: string } | null };
  };
}

interface MergeGroupPayload {
  merge_group: { base_sha: string; head_sha: string };
}

interface PushPayload {
  before: string;
  after: string;
}

const commit: Schema = { type: 'string', pattern: '^([0-9a-f]{40}|[0-9a-f]{64})$' };
const repository = { type: 'object', required: ['full_name'], properties: { full_name: { type: 'string' } } };

const pullRequestSchema: Schema = {
  type: 'object',
  required: ['pull_request'],
  properties: {
    pull_request: {
      type: 'object',
      required: ['number', 'base', 'head'],
      properties: {
        number: { type: 'integer', minimum: 1 },
        base: { type: 'object', required: ['sha', 'repo'], properties: { sha: commit, repo: repository } },
        head: {
          type: 'object',
          required: ['sha', 'repo'],
          properties: { sha: commit, repo: { ...repository, nullable: true } },
        },
      },
    },
  },
};

const mergeGroupSchema: Schema = {
  type: 'object',
  required: ['merge_group'],
  properties: {
    merge_group: {
      type: 'object',
      required: ['base_sha', 'head_sha'],
      properties: { base_sha: commit, head_sha: commit },
    },
  },
};

const pushSchema: Schema = {
  type: 'object',
  required: ['before', 'after'],
  properties: { before: commit, after: commit },
};

/**
 * Reads what started the workflow from the runner's variables and the event's file.
 * @throws {UserError} when a variable or the event's file is missing or is not what GitHub documents.
 */
export function readRun(env: Environment): Run {
  const [owner, repo, ...rest] = variable(env, 'GITHUB_REPOSITORY').split('/');
  if (!owner || !repo || rest.length > 0)
    throw new UserError('The repository has no owner and name', { where: 'GITHUB_REPOSITORY', todo });
  const repositoryUrl = `${env.GITHUB_SERVER_URL || 'https://github.com'}/${owner}/${repo}`;
  const event = readEvent(env);
  return {
    event,
    owner,
    repo,
    apiUrl: (env.GITHUB_API_URL || 'https://api.github.com').replace(/\/+$/, ''),
    repositoryUrl,
    commit: event.kind === 'other' ? variable(env, 'GITHUB_SHA') : event.head,
  };
}

/** Link to a file of the repository, or to a line of it (1-based), as it is in the commit that started the run. */
export function linkTo({ repositoryUrl, commit }: Run, file: string, line?: number): string {
  const path = percentEncode(file, /[^\w\-.~/]/gu);
  return `${repositoryUrl}/blob/${commit}/${path}${line === undefined ? '' : `#L${line}`}`;
}

function readEvent(env: Environment): Event {
  const name = variable(env, 'GITHUB_EVENT_NAME');
  switch (name) {
    case 'pull_request':
    case 'pull_request_target': {
      const { number, base, head } = payload<PullRequestPayload>(env, pullRequestSchema).pull_request;
      return {
        kind: 'pull_request',
        number,
        base: base.sha,
        head: head.sha,
        // A fork that was deleted meanwhile is null.
        fromFork: head.repo?.full_name !== base.repo.full_name,
        privileged: name === 'pull_request_target',
      };
    }
    case 'merge_group': {
      const { base_sha, head_sha } = payload<MergeGroupPayload>(env, mergeGroupSchema).merge_group;
      return { kind: name, base: base_sha, head: head_sha };
    }
    case 'push': {
      const { before, after } = payload<PushPayload>(env, pushSchema);
      return { kind: name, base: /^0+$/.test(before) ? undefined : before, head: after };
    }
    default:
      return { kind: 'other' };
  }
}

function payload<T>(env: Environment, schema: Schema): T {
  const where = variable(env, 'GITHUB_EVENT_PATH');
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(where, 'utf8'));
  } catch (cause) {
    throw new UserError('The file of the event cannot be read as JSON', { where, todo, cause });
  }
  // The schemas are ours and need no check, which takes longer than all else here.
  const ajv = new Ajv({ meta: false, validateSchema: false });
  const validate = ajv.compile<T>(schema);
  if (validate(value)) return value;
  const reason = ajv.errorsText(validate.errors, { dataVar: 'event' });
  throw new UserError(`The event "${env.GITHUB_EVENT_NAME}" is not what GitHub documents: ${reason}`, {
    where,
    todo,
  });
}

function variable(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new UserError(`The environment variable ${name} is not set`, { todo });
  return value;
}

const todo = 'Run the action on a GitHub Actions runner; elsewhere, use the command `plimsoll check`.';
