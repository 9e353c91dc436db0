import type { TrapReason } from './faults.ts';

/** The largest text that is kept of what the module writes to its standard error, in bytes. */
const maxStderr = 64 * 1024;

const badFileDescriptor = 8;

/** The wall clock that the module sees: 2023-11-14T22:13:20Z, in nanoseconds. */
const wallClock = 1_700_000_000_000_000_000n;

type Grants = Record<string, (...args: never[]) => number>;

/** What cmd/wasm exports. Addresses and sizes are in bytes, and signed as JavaScript gets them. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  alloc(size: number): number;
  call(): number;
  resultLen(): number;
  release(): void;
}

/** An instance ended in the middle of a request; it is of no use afterwards. */
export class Trap extends Error {
  readonly reason: TrapReason;

  constructor(cause: unknown, stderr: string) {
    const text = stderr.trim() || (cause instanceof Error ? cause.message : String(cause));
    super(text, { cause });
    this.name = 'Trap';
    this.reason = { kind: kindOf(text), text };
  }
}

/** By what V8 says of its own stack, and the Go runtime of its stack and its heap. */
function kindOf(text: string): TrapReason['kind'] {
  if (/call stack size exceeded|stack overflow|goroutine stack exceeds/i.test(text)) return 'stack';
  return /out of memory|cannot allocate memory/.test(text) ? 'memory' : 'defect';
}

/**
 * An instance of the engine's module. It is given no files, no network, no environment and no arguments; its wall clock
 * stands still, and its random numbers are the same for every request, so that equal requests have equal answers.
 */
export class Instance {
  readonly #exports: Exports;
  #stderr = '';
  #random = 0n;

  constructor(module: WebAssembly.Module) {
    const granted = this.#grants();
    const imports: Record<string, Grants> = {};
    for (const { module: space, name } of WebAssembly.Module.imports(module)) {
      imports[space] = { ...imports[space], [name]: granted[name] ?? (() => badFileDescriptor) };
    }
    // The module is built from engine/cmd/wasm, which exports these.
    this.#exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports;
    this.#exports._initialize();
  }

  /** Answers an encoded request with the bytes of a response of their own. Throws a {@link Trap}. */
  call(request: Uint8Array): Uint8Array<ArrayBuffer> {
    const { memory, alloc, call, resultLen, release } = this.#exports;
    this.#stderr = '';
    this.#random = 1n;
    try {
      const at = alloc(request.length) >>> 0;
      new Uint8Array(memory.buffer).set(request, at);
      const start = call() >>> 0;
      const response = new Uint8Array(memory.buffer).slice(start, start + (resultLen() >>> 0));
      release();
      return response as Uint8Array<ArrayBuffer>;
    } catch (error) {
      throw new Trap(error, this.#stderr);
    }
  }

  /** What the instance has of memory, in bytes. It never gives any back. */
  get memoryBytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /** The functions of WASI preview 1 that the Go runtime cannot do without. */
  #grants(): Grants {
    const view = () => new DataView(this.#exports.memory.buffer);
    const none = (count: number, size: number) => {
      view().setUint32(count, 0, true);
      view().setUint32(size, 0, true);
      return 0;
    };
    return {
      args_sizes_get: none,
      args_get: () => 0,
      environ_sizes_get: none,
      environ_get: () => 0,
      sched_yield: () => 0,
      clock_time_get: (clock: number, _precision: bigint, out: number) => {
        view().setBigUint64(out, clock === 0 ? wallClock : process.hrtime.bigint(), true);
        return 0;
      },
      random_get: (start: number, length: number) => {
        const bytes = new Uint8Array(this.#exports.memory.buffer, start, length);
        // The constants are those of Knuth's MMIX generator.
        for (let i = 0; i < length; i++) {
          this.#random = BigInt.asUintN(64, this.#random * 6364136223846793005n + 1442695040888963407n);
          bytes[i] = Number(this.#random >> 56n);
        }
        return 0;
      },
      fd_write: (file: number, vectors: number, count: number, out: number) => {
        if (file !== 1 && file !== 2) return badFileDescriptor;
        let written = 0;
        for (let i = 0; i < count; i++) {
          const start = view().getUint32(vectors + 8 * i, true);
          const length = view().getUint32(vectors + 8 * i + 4, true);
          const room = Math.min(length, maxStderr - this.#stderr.length);
          if (room > 0) this.#stderr += Buffer.from(this.#exports.memory.buffer, start, room).toString();
          written += length;
        }
        view().setUint32(out, written, true);
        return 0;
      },
      // Only the scheduler asks, for time to pass: it has passed.
      poll_oneoff: (subscriptions: number, events: number, count: number, out: number) => {
        for (let i = 0; i < count; i++) {
          const event = events + 32 * i;
          view().setBigUint64(event, view().getBigUint64(subscriptions + 48 * i, true), true);
          view().setUint16(event + 8, 0, true);
          view().setUint8(event + 10, view().getUint8(subscriptions + 48 * i + 8));
        }
        view().setUint32(out, count, true);
        return 0;
      },
      proc_exit: (code: number) => {
        throw new Error(`the module ended itself with exit code ${code}`);
      },
    };
  }
}
