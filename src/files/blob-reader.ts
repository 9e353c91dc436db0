import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { gitArguments, gitEnvironment } from './git.ts';

/**
 * Reads blobs through one `git cat-file --batch` process. Any number of reads may be under way: git answers in the
 * order of the requests. The process lives until {@link BlobReader.close}.
 */
export class BlobReader {
  readonly #git: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ended: Promise<void>;
  #alive = true;
  readonly #waiting: ((bytes: Buffer | undefined) => void)[] = [];
  /** What has arrived of the line before a blob. */
  #header = '';
  /** The blob that is arriving, with the newline that git puts after it. */
  #body: Buffer | undefined;
  #filled = 0;

  /** Starts git in `repository`, a directory at or below a work tree or a bare repository. */
  constructor(repository: string) {
    this.#git = spawn('git', gitArguments(repository, ['cat-file', '--batch']), {
      env: gitEnvironment(),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#git.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    // Both come before `close`, which tells those who wait.
    this.#git.on('error', () => {});
    this.#git.stdin.on('error', () => {});
    this.#ended = new Promise((ended) => {
      this.#git.on('close', () => {
        this.#end();
        ended();
      });
    });
  }

  /**
   * The bytes of a blob, or undefined when the repository does not have it or git has ended.
   * @param id object id in hexadecimal digits.
   */
  read(id: string): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      if (!this.#alive) return resolve(undefined);
      this.#waiting.push(resolve);
      this.#git.stdin.write(`${id}\n`);
    });
  }

  /** Ends git; reads that are under way give undefined. */
  async close(): Promise<void> {
    // git may have answered already what is still in the pipe.
    this.#end();
    this.#git.kill();
    await this.#ended;
  }

  #end(): void {
    this.#alive = false;
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
  }

  /** Takes `<id> blob <size>`, newline, bytes, newline, or `<id> missing` and newline, cut anywhere into chunks. */
  #receive(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body === undefined) {
        const newline = chunk.indexOf(0x0a, at);
        this.#header += chunk.toString('latin1', at, newline === -1 ? chunk.length : newline);
        if (newline === -1) return;
        at = newline + 1;
        const size = / (\d+)$/.exec(this.#header)?.[1];
        this.#header = '';
        if (size === undefined) this.#waiting.shift()?.(undefined);
        else this.#body = Buffer.allocUnsafe(Number(size) + 1);
        this.#filled = 0;
      } else {
        const copied = chunk.copy(this.#body, this.#filled, at);
        at += copied;
        this.#filled += copied;
        if (this.#filled < this.#body.length) return;
        this.#waiting.shift()?.(this.#body.subarray(0, -1));
        this.#body = undefined;
      }
    }
  }
}
