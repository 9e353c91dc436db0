import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createEngine, type Limits, loadModule } from '../../../src/render/engine/load.ts';
import { Pool } from '../../../src/render/engine/pool.ts';
import type { HelmRequest, RenderEngine } from '../../../src/render/engine/protocol.ts';

const dist = pathToFileURL(`${resolve('dist')}/`);
const open: RenderEngine[] = [];
afterEach(() => Promise.all(open.splice(0).map((engine) => engine.close())));

function engineWith(limits: Partial<Limits>): Pool {
  const engine = createEngine(dist, limits);
  open.push(engine);
  return engine;
}

/** A pool that counts the workers that it starts. */
function counting(limits: Partial<Limits>): { readonly engine: Pool; readonly started: () => number } {
  let count = 0;
  const engine = new Pool({
    module: () => loadModule(new URL('engine.wasm.br', dist)),
    spawn: (module) => {
      count++;
      return new Worker(new URL('engine-worker.js', dist), { workerData: module });
    },
    workers: 1,
    deadlineMs: 20_000,
    memoryBytes: 2 ** 30,
    ...limits,
  });
  open.push(engine);
  return { engine, started: () => count };
}

function chart(template: string): HelmRequest {
  const files = {
    'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
    'c/templates/a.yaml': template,
  };
  return {
    op: 'helm',
    chart: 'c',
    values: [],
    files: Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
  };
}

async function render(engine: RenderEngine, template: string): Promise<string> {
  const answer = await engine.helm(chart(template));
  if ('fault' in answer) return `${answer.fault.code}: ${answer.fault.message}`;
  return answer.ok.outputs.map(({ bytes }) => Buffer.from(bytes).toString()).join();
}

const endless =
  '{{ $s := repeat 1000000 "0123456789abcdef" }}{{ range until 100000 }}{{ $_ := sha256sum $s }}{{ end }}';

describe('a pool', () => {
  test('answers more requests than it has workers, each with its own answer', async () => {
    const engine = engineWith({ workers: 2 });
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    const answers = await Promise.all(numbers.map((i) => render(engine, `a: {{ add ${i} 1 }}`)));
    expect(answers).toEqual(numbers.map((i) => `a: ${i + 1}`));
  });

  test('starts no worker before it is asked, and not more than it needs', async () => {
    const { engine, started } = counting({ workers: 4 });
    expect(started()).toBe(0);
    await engine.start();
    await render(engine, 'a: 1');
    await render(engine, 'a: 2');
    expect(started()).toBe(1);
  });

  test('ends a request at its deadline, and goes on with the others', async () => {
    const engine = engineWith({ workers: 1, deadlineMs: 8_000 });
    const answers = await Promise.all([
      render(engine, endless),
      render(engine, 'a: 1'),
      render(engine, 'a: 2'),
    ]);
    expect(answers).toEqual(['limit: Rendering the chart c takes longer than 8 seconds.', 'a: 1', 'a: 2']);
  });

  test('hears an answer that came before the deadline although this thread was busy', async () => {
    const engine = engineWith({ workers: 1, deadlineMs: 8_000 });
    await render(engine, 'a: 0');
    const answer = render(engine, 'a: 1');
    // The request is on its way once the promises before it are settled.
    await new Promise(setImmediate);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 9_000);
    expect(await answer).toBe('a: 1');
  });

  test('replaces a worker that has grown', async () => {
    const { engine, started } = counting({ memoryBytes: 0 });
    expect([await render(engine, 'a: 1'), await render(engine, 'a: 2')]).toEqual(['a: 1', 'a: 2']);
    expect(started()).toBeGreaterThan(1);
  });

  test('replaces a worker whose instance ended', async () => {
    const { engine, started } = counting({});
    const nested = `${'{{ if true }}'.repeat(20_000)}x${'{{ end }}'.repeat(20_000)}`;
    expect(await render(engine, nested)).toMatch(/^limit: /);
    expect(await render(engine, 'a: 1')).toBe('a: 1');
    expect(started()).toBeGreaterThanOrEqual(1);
  });

  test('answers with a fault when a worker breaks', async () => {
    const engine = new Pool({
      module: () => loadModule(new URL('engine.wasm.br', dist)),
      spawn: () => new Worker('throw new Error("no such luck")', { eval: true }),
      workers: 1,
      deadlineMs: 20_000,
      memoryBytes: 2 ** 30,
    });
    open.push(engine);
    expect(await render(engine, 'a: 1')).toBe(
      'internal: Rendering the chart c broke the engine: no such luck',
    );
  });

  test('rejects what has no answer when it is closed, and what comes after', async () => {
    const engine = engineWith({ workers: 1 });
    const answers = Promise.allSettled([render(engine, endless), render(engine, 'a: 1')]);
    await engine.start();
    await engine.close();
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(render(engine, 'a: 1')).rejects.toThrow('The render engine is closed.');
  });
});
