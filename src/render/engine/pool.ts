import { setFlagsFromString } from 'node:v8';
import type { Worker } from 'node:worker_threads';
import { deadlineFault, trapFault } from './faults.ts';
import type {
  EngineAnswer,
  Fault,
  HelmRequest,
  HelmResponse,
  KustomizeRequest,
  KustomizeResponse,
  RenderEngine,
} from './protocol.ts';
import { decodeHelm, decodeKustomize, encodeRequest } from './wire.ts';
import type { WorkerAnswer } from './worker.ts';

export interface PoolOptions {
  /** Compiles the module; called once, when it is first needed. */
  readonly module: () => Promise<WebAssembly.Module>;
  /** Starts a worker on worker.ts with the module as its data. */
  readonly spawn: (module: WebAssembly.Module) => Worker;
  /** How many workers run at most. */
  readonly workers: number;
  /** How long a request may take, in milliseconds. */
  readonly deadlineMs: number;
  /** A worker whose instance has grown above this many bytes is replaced: an instance never gives memory back. */
  readonly memoryBytes: number;
}

/**
 * How many bytes of a function V8 runs, roughly, before it compiles it again with its optimizing compiler. By V8's own
 * number (1.8 MB in Node 20) it compiles thousands of functions, which takes seconds on two cores, while the first charts
 * are rendered: a repository of 6 targets took twice the CPU time.
 */
const tieringBudget = 300_000_000;

type Request = HelmRequest | KustomizeRequest;
type Answered = Exclude<WorkerAnswer, { readonly trap: unknown }>;
type Outcome = { readonly response: Uint8Array<ArrayBuffer> } | { readonly fault: Fault };

interface Waiting {
  readonly request: Request;
  resolve(outcome: Outcome): void;
  reject(error: Error): void;
}

interface Job extends Waiting {
  readonly timer: NodeJS.Timeout;
}

/**
 * A render engine on several workers, each with one request at a time. A worker that traps, takes too long or has grown
 * too large is replaced; the requests of others do not notice.
 */
export class Pool implements RenderEngine {
  readonly #options: PoolOptions;
  #module: Promise<WebAssembly.Module> | undefined;
  #closed = false;
  readonly #queue: Waiting[] = [];
  readonly #idle: Worker[] = [];
  /** Every worker that has not ended, with what it is at. */
  readonly #workers = new Map<Worker, Job | undefined>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Gets the module and a worker ready for requests that will come. */
  async start(): Promise<void> {
    const module = await this.#compiled();
    if (!this.#closed && this.#workers.size === 0) this.#rest(this.#spawn(module));
  }

  async helm(request: HelmRequest): Promise<EngineAnswer<HelmResponse>> {
    const outcome = await this.#ask(request);
    return 'fault' in outcome ? outcome : decodeHelm(outcome.response);
  }

  async kustomize(request: KustomizeRequest): Promise<EngineAnswer<KustomizeResponse>> {
    const outcome = await this.#ask(request);
    return 'fault' in outcome ? outcome : decodeKustomize(outcome.response);
  }

  /** Ends all workers; requests that have no answer yet are rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    const workers = [...this.#workers.keys()];
    for (const one of [...this.#queue.splice(0), ...workers.map((worker) => this.#done(worker))]) {
      one?.reject(closed());
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #compiled(): Promise<WebAssembly.Module> {
    if (this.#module === undefined) {
      setFlagsFromString(`--wasm-tiering-budget=${tieringBudget}`);
      this.#module = this.#options.module();
    }
    return this.#module;
  }

  async #ask(request: Request): Promise<Outcome> {
    const module = await this.#compiled();
    if (this.#closed) throw closed();
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, resolve, reject });
      this.#next(module);
    });
  }

  #next(module: WebAssembly.Module): void {
    for (const waiting of this.#queue.splice(0, this.#free())) {
      this.#run(module, this.#idle.pop() ?? this.#spawn(module), waiting);
    }
  }

  /** How many requests can be worked on now. */
  #free(): number {
    return this.#idle.length + this.#options.workers - this.#workers.size;
  }

  #spawn(module: WebAssembly.Module): Worker {
    const worker = this.#options.spawn(module);
    this.#workers.set(worker, undefined);
    worker.on('message', (answer: WorkerAnswer) => {
      if ('trap' in answer) this.#fail(module, worker, (request) => trapFault(request, answer.trap));
      else this.#succeed(module, worker, answer);
    });
    worker.on('error', ({ message }) => {
      this.#fail(module, worker, (request) => trapFault(request, { kind: 'defect', text: message }));
    });
    return worker;
  }

  #run(module: WebAssembly.Module, worker: Worker, waiting: Waiting): void {
    const { request } = waiting;
    const { deadlineMs } = this.#options;
    const overdue = () => {
      // This thread may have been busy: an answer that came meanwhile is heard before it is too late.
      setImmediate(() => {
        if (this.#workers.get(worker) !== job) return;
        this.#fail(module, worker, () => deadlineFault(request, deadlineMs));
      });
    };
    const job: Job = { ...waiting, timer: setTimeout(overdue, deadlineMs) };
    this.#workers.set(worker, job);
    worker.ref();
    const bytes = encodeRequest(request);
    worker.postMessage(bytes, [bytes.buffer]);
  }

  #succeed(module: WebAssembly.Module, worker: Worker, { response, memoryBytes }: Answered): void {
    const job = this.#done(worker);
    // Too late: the worker is being ended.
    if (job === undefined) return;
    job.resolve({ response });
    if (memoryBytes <= this.#options.memoryBytes) this.#rest(worker);
    else void this.#end(module, worker);
    this.#next(module);
  }

  #fail(module: WebAssembly.Module, worker: Worker, fault: (request: Request) => Fault): void {
    const job = this.#done(worker);
    job?.resolve({ fault: fault(job.request) });
    void this.#end(module, worker);
  }

  /** What the worker was at; it is at nothing now. */
  #done(worker: Worker): Job | undefined {
    const job = this.#workers.get(worker);
    clearTimeout(job?.timer);
    this.#workers.set(worker, undefined);
    return job;
  }

  #rest(worker: Worker): void {
    this.#idle.push(worker);
    // A worker without work does not keep the process alive.
    worker.unref();
  }

  async #end(module: WebAssembly.Module, worker: Worker): Promise<void> {
    const place = this.#idle.indexOf(worker);
    if (place !== -1) this.#idle.splice(place, 1);
    // Another one starts only when the memory of this one is free.
    await worker.terminate();
    this.#workers.delete(worker);
    this.#next(module);
  }
}

const closed = () => new Error('The render engine is closed.');
