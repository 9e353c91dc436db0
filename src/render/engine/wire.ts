import type {
  EngineAnswer,
  Fault,
  HelmLeaf,
  HelmOutput,
  HelmRequest,
  HelmResponse,
  HelmSource,
  KustomizeDocument,
  KustomizeLeft,
  KustomizeOrigin,
  KustomizeRemoval,
  KustomizeRequest,
  KustomizeResponse,
  OriginTable,
} from './protocol.ts';

/*
 * The binary form of requests and responses; engine/wire/wire.go describes it. Responses come from our own module, so
 * their form is taken for granted. Tables of integers are views of the response, which every platform that Node 20
 * has builds for and Plimsoll runs on (little-endian) can read as they stand.
 */

const operations = { helm: 1, kustomize: 2 } as const;

/** The bytes of a request. Nothing of it is shared with the files. */
export function encodeRequest(request: HelmRequest | KustomizeRequest): Uint8Array<ArrayBuffer> {
  const { op, files, ...options } = request;
  const json =
    'values' in options
      ? { ...options, values: options.values.map(({ from: _, ...layer }) => layer) }
      : options;
  const blocks: Uint8Array[] = [Buffer.from(JSON.stringify(json))];
  for (const { path, bytes } of files) blocks.push(Buffer.from(path), bytes);
  const size = blocks.reduce((sum, { length }) => sum + 4 + padded(length), 4);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  view.setUint32(0, operations[op], true);
  let at = 4;
  for (const block of blocks) {
    view.setUint32(at, block.length, true);
    out.set(block, at + 4);
    at += 4 + padded(block.length);
  }
  return out;
}

/** What a response to a Helm request says. The response must not change any more. */
export function decodeHelm(response: Uint8Array<ArrayBuffer>): EngineAnswer<HelmResponse> {
  return decode(response, (blocks, header) => chart(blocks, header as ChartHeader));
}

/** What a response to a Kustomize request says. The response must not change any more. */
export function decodeKustomize(response: Uint8Array<ArrayBuffer>): EngineAnswer<KustomizeResponse> {
  return decode(response, (blocks, header) => kustomization(blocks, header as KustomizationHeader));
}

const padded = (length: number) => (length + 3) & ~3;

/** Takes one block after the other from a response. */
interface Blocks {
  bytes(): Uint8Array;
  integers(): Int32Array;
}

function decode<Response>(
  response: Uint8Array<ArrayBuffer>,
  read: (blocks: Blocks, header: unknown) => Response,
): EngineAnswer<Response> {
  const view = new DataView(response.buffer, response.byteOffset, response.byteLength);
  let at = 4;
  const block = <View>(make: (start: number, length: number) => View) => {
    const length = view.getUint32(at, true);
    const start = response.byteOffset + at + 4;
    at += 4 + padded(length);
    return make(start, length);
  };
  const blocks: Blocks = {
    bytes: () => block((start, length) => new Uint8Array(response.buffer, start, length)),
    integers: () => block((start, length) => new Int32Array(response.buffer, start, length / 4)),
  };
  const header: unknown = JSON.parse(Buffer.from(blocks.bytes()).toString());
  return view.getUint32(0, true) === 0 ? { ok: read(blocks, header) } : { fault: header as Fault };
}

interface ChartHeader {
  readonly name: string;
  readonly outputs: readonly OutputHeader[];
  readonly crds: readonly OutputHeader[];
  readonly sources: readonly HelmSource[];
  readonly leaves: readonly HelmLeaf[];
  readonly read: readonly string[];
}

interface OutputHeader {
  readonly name: string;
  readonly source: number;
}

function chart(blocks: Blocks, header: ChartHeader): HelmResponse {
  const frames = blocks.integers();
  const sets = setsOf(blocks.integers());
  const output = ({ name, source }: OutputHeader): HelmOutput => ({
    name,
    source,
    bytes: blocks.bytes(),
    segments: blocks.integers(),
  });
  const outputs = header.outputs.map(output);
  const crds = header.crds.map(output);
  const { name, sources, leaves, read } = header;
  return { name, outputs, crds, sources, frames, leaves, sets, read };
}

function setsOf(integers: Int32Array): number[][] {
  const sets: number[][] = [];
  for (let at = 0; at < integers.length; ) {
    const end = at + 1 + (integers[at] ?? 0);
    sets.push([...integers.subarray(at + 1, end)]);
    at = end;
  }
  return sets;
}

interface KustomizationHeader {
  readonly texts: readonly string[];
  readonly paths: readonly (readonly string[])[];
  readonly documents: number;
  /** By index of the document, for those that lost any. */
  readonly removed: Readonly<Record<string, readonly KustomizeRemoval[]>>;
  readonly left: readonly KustomizeLeft[];
  readonly read: readonly string[];
  readonly missing: readonly string[];
  readonly charts: readonly ChartHeader[];
}

const originFields = 12;
const innerFlag = 1;
const exactFlag = 2;

function kustomization(blocks: Blocks, header: KustomizationHeader): KustomizeResponse {
  const origins = originsOf(blocks.integers(), header);
  const documents = Array.from(
    { length: header.documents },
    (_, index): KustomizeDocument => ({
      bytes: blocks.bytes(),
      nodes: blocks.integers(),
      removed: header.removed[index] ?? [],
    }),
  );
  const charts = header.charts.map((one) => chart(blocks, one));
  const { left, read, missing } = header;
  return { documents, origins, left, read, missing, charts };
}

function originsOf(integers: Int32Array, { texts, paths }: KustomizationHeader): OriginTable {
  const length = integers.length / originFields;
  const at = (index: number): KustomizeOrigin | undefined => {
    if (index < 0 || index >= length) return undefined;
    const field = (offset: number) => integers[index * originFields + offset] ?? 0;
    const file = texts[field(1)];
    const pointer = paths[field(4)];
    const op = paths[field(5)];
    const flags = field(11);
    return {
      role: texts[field(0)] as KustomizeOrigin['role'],
      ...(file && { file }),
      chart: field(2),
      output: field(3),
      ...(pointer && { pointer }),
      ...(op && { op }),
      inner: (flags & innerFlag) !== 0,
      line: field(6),
      column: field(7),
      via: field(8),
      replaced: field(9),
      also: field(10),
      exact: (flags & exactFlag) !== 0,
    };
  };
  return { length, at };
}
