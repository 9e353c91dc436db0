import { main } from '../src/command.ts';

/** Runs the command in a directory, on 2026-11-21 and with a terminal of 100 columns and no colours. */
export async function runCommand(
  directory: string,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await main(args, {
    cwd: directory,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    color: false,
    width: 100,
    today: '2026-11-21',
    engineDirectory: new URL('../dist/', import.meta.url),
  });
  return { code, out, err };
}
