import { execFile } from 'node:child_process';

/** How a git command ended. `stdout` is bytes because file names need not be UTF-8; `stderr` is English. */
export interface GitResult {
  readonly ok: boolean;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** In milliseconds: git waits for ever on a named pipe that is called `.gitignore`. */
const timeout = 60_000;

/**
 * Runs git in `directory`. A repository is somebody else's, its `.git/config` included: see {@link gitArguments}
 * and {@link gitEnvironment}. Does not throw when git fails or is not installed.
 */
export function runGit(directory: string, command: readonly string[]): Promise<GitResult> {
  const options = {
    env: gitEnvironment(),
    encoding: 'buffer',
    maxBuffer: Number.POSITIVE_INFINITY,
    timeout,
  } as const;
  return new Promise((resolve) => {
    execFile('git', gitArguments(directory, command), options, (error, stdout, stderr) => {
      let message = stderr.toString();
      if (error?.code === 'ENOENT') message = 'git is not installed';
      else if (error?.killed) message = 'git did not end within a minute';
      resolve({ ok: error === null, stdout, stderr: message });
    });
  });
}

/** The commit that is checked out; undefined when git knows none. */
export async function checkedOut(directory: string): Promise<string | undefined> {
  const { ok, stdout } = await runGit(directory, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  return ok ? stdout.toString().trim() : undefined;
}

/**
 * Arguments that run a git command in `directory` without a program that the repository's configuration names, and
 * whoever owns the directory: containers of GitHub Actions run as another user than the one that checked out.
 */
export function gitArguments(directory: string, command: readonly string[]): string[] {
  return ['-C', directory, '-c', 'safe.directory=*', '-c', 'core.fsmonitor=', ...command];
}

/** Environment for git: no network, no prompt, no lock, English messages. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // A git hook sets these for its own repository, which need not be the one that is read.
    GIT_DIR: undefined,
    GIT_WORK_TREE: undefined,
    GIT_COMMON_DIR: undefined,
    GIT_INDEX_FILE: undefined,
    GIT_OBJECT_DIRECTORY: undefined,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: undefined,
    // A partial clone fetches what it lacks, unless told not to (git 2.45) or allowed no protocol (before).
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: '',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
  };
}
