import type { Client } from './client.ts';
import { lacksPermission, messageOf, statusOf } from './refusal.ts';

/** A comment that is kept up to date instead of being repeated. */
export interface StickyComment {
  /** What the body begins with; tells this comment from all others of the same author. */
  readonly marker: string;
  /** Markdown. */
  readonly body: string;
  /** Whether the comment is worth making; one that exists is updated in any case. */
  readonly worthMaking: boolean;
}

/** A pull request of a repository. */
export interface PullRequest {
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

/**
 * Makes the comment, or updates the one that an earlier run made. Does nothing when there is nothing to say or the
 * comment says it already.
 * @throws what {@link explainRefusal} puts into words, when GitHub refuses
 */
export async function upsertComment(
  client: Client,
  pullRequest: PullRequest,
  comment: StickyComment,
): Promise<'made' | 'updated' | 'unchanged' | 'not needed'> {
  const existing = await findComment(client, pullRequest, comment.marker);
  if (existing === undefined) {
    if (!comment.worthMaking) return 'not needed';
    await createComment(client, pullRequest, comment);
    return 'made';
  }
  if (existing.body.trim() === comment.body.trim()) return 'unchanged';
  const { owner, repo } = pullRequest;
  await client.rest.issues.updateComment({ owner, repo, comment_id: existing.id, body: comment.body });
  return 'updated';
}

/**
 * The oldest comment that begins with the marker and is the token's own. Whoever quotes the marker must not have his
 * comment overwritten, which a token that may write could do.
 */
async function findComment(
  client: Client,
  { owner, repo, number }: PullRequest,
  marker: string,
): Promise<{ id: number; body: string } | undefined> {
  let viewer: string | undefined;
  const pages = client.paginate.iterator(client.rest.issues.listComments, {
    owner,
    repo,
    issue_number: number,
    per_page: 100,
  });
  for await (const { data } of pages)
    for (const { id, body, user } of data) {
      if (!body?.startsWith(marker)) continue;
      viewer ??= await login(client);
      if (user?.login === viewer) return { id, body };
    }
  return undefined;
}

/** Login of the token's owner. Unlike `GET /user`, this query is open to the tokens of GitHub Apps, as `GITHUB_TOKEN` is. */
async function login(client: Client): Promise<string> {
  const { viewer } = await client.graphql<{ viewer: { login: string } }>('query { viewer { login } }');
  return viewer.login;
}

async function createComment(
  client: Client,
  pullRequest: PullRequest,
  { marker, body }: StickyComment,
): Promise<void> {
  const { owner, repo, number: issue_number } = pullRequest;
  // Not repeated blindly: the server may have made the comment although it failed to say so.
  const create = () =>
    client.rest.issues.createComment({ owner, repo, issue_number, body, request: { retries: 0 } });
  try {
    await create();
  } catch (error) {
    if (statusOf(error) < 500) throw error;
    if ((await findComment(client, pullRequest, marker)) === undefined) await create();
  }
}

/**
 * Says in one or two sentences why there is no comment and what to do.
 * @param fromFork whether the pull request comes from a fork, where no permission helps
 */
export function explainRefusal(error: unknown, fromFork: boolean): string {
  const message = messageOf(error);
  if (!lacksPermission(error)) return `The comment could not be written: ${message}.`;
  if (fromFork)
    return 'This pull request comes from a fork, whose token may only read, so there is no comment. The job summary and the annotations say the same.';
  return `The comment could not be written (${message}). To allow it, add the line \`pull-requests: write\` to the job's \`permissions\`.`;
}
