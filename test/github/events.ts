/** Payloads as GitHub writes them into the event's file, cut down to what says which commits and whose they are. */

export const base = 'a'.repeat(40);
export const head = 'b'.repeat(40);
/** What is checked out for a pull request: the merge of base and head. */
export const mergeCommit = 'c'.repeat(40);

/** The event of pull request 12 of octo/shop; `from` is null when its repository has been deleted. */
export function pullRequest({
  from = 'octo/shop',
  commits = { base, head },
}: {
  from?: string | null;
  commits?: { base: string; head: string };
} = {}) {
  return {
    action: 'synchronize',
    number: 12,
    pull_request: {
      number: 12,
      title: 'Deploy the shop',
      base: { ref: 'main', sha: commits.base, repo: { full_name: 'octo/shop', fork: false } },
      head: { ref: 'topic', sha: commits.head, repo: from === null ? null : { full_name: from } },
    },
    sender: { login: 'octocat' },
  };
}

export function mergeGroup(commits = { base, head }) {
  return {
    action: 'checks_requested',
    merge_group: { base_sha: commits.base, head_sha: commits.head, base_ref: 'refs/heads/main' },
  };
}

export function push(commits = { base, head }) {
  return { ref: 'refs/heads/main', before: commits.base, after: commits.head, forced: false };
}

/** What `before` is when a push makes a branch. */
export const noCommit = '0'.repeat(40);
