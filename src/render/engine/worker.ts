// The entry of a worker: answers one request after the other with an instance of the module that it is given.
import { parentPort, workerData } from 'node:worker_threads';
import type { TrapReason } from './faults.ts';
import { Instance, Trap } from './instance.ts';

/** What a worker says to a request. After a trap it is of no use. */
export type WorkerAnswer =
  | { readonly response: Uint8Array<ArrayBuffer>; readonly memoryBytes: number }
  | { readonly trap: TrapReason };

const instance = new Instance(workerData as WebAssembly.Module);
parentPort?.on('message', (request: Uint8Array) => {
  try {
    const response = instance.call(request);
    const answer: WorkerAnswer = { response, memoryBytes: instance.memoryBytes };
    parentPort?.postMessage(answer, [response.buffer]);
  } catch (error) {
    if (!(error instanceof Trap)) throw error;
    const answer: WorkerAnswer = { trap: error.reason };
    parentPort?.postMessage(answer);
  }
});
