import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type BrotliOptions, brotliDecompress } from 'node:zlib';
import { Pool, type PoolOptions } from './pool.ts';

/** What the engine may take. */
export type Limits = Pick<PoolOptions, 'workers' | 'deadlineMs' | 'memoryBytes'>;

/** Reads, decompresses and compiles the module. */
export async function loadModule(file: URL): Promise<WebAssembly.Module> {
  // With the chunks of 16 kB that are the default, collecting them takes as long as decompressing.
  const options = { chunkSize: 16 * 1024 * 1024 };
  return WebAssembly.compile(
    await promisify<Buffer, BrotliOptions, Buffer>(brotliDecompress)(await readFile(file), options),
  );
}

/**
 * The render engine as it is shipped: engine.wasm.br and engine-worker.js in `directory`, which ends in a slash.
 * Nothing is read before the first request, or `start`.
 */
export function createEngine(directory: URL, limits: Partial<Limits> = {}): Pool {
  const worker = new URL('engine-worker.js', directory);
  return new Pool({
    workers: Math.min(availableParallelism(), 4),
    deadlineMs: 30_000,
    memoryBytes: 400 * 1024 * 1024,
    ...limits,
    module: () => loadModule(new URL('engine.wasm.br', directory)),
    spawn: (module) => new Worker(worker, { workerData: module, env: {} }),
  });
}
