#!/usr/bin/env node
import { stdout } from 'node:process';
import { main } from './command.ts';
import { tuneOptimizer } from './optimizer.ts';

tuneOptimizer();

// Who reads the output may stop early, as `head` does.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  cwd: process.cwd(),
  out: (text) => void stdout.write(text),
  err: (text) => void process.stderr.write(text),
  color: useColor(),
  width: stdout.columns,
  engineDirectory: new URL('./', import.meta.url),
  today: new Date().toISOString().slice(0, 10),
});

/** Colour on a terminal only, unless NO_COLOR or FORCE_COLOR say otherwise (no-color.org, force-color.org). */
function useColor(): boolean {
  if (process.env.NO_COLOR) return false;
  if (process.env.FORCE_COLOR) return process.env.FORCE_COLOR !== '0';
  return stdout.isTTY === true && process.env.TERM !== 'dumb';
}
