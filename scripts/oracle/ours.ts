import { dirname } from 'node:path';
import { readChart } from '../../src/discover/helm.ts';
import { SourceReader } from '../../src/discover/source-file.ts';
import type {
  EngineAnswer,
  EngineFile,
  HelmOutput,
  HelmRequest,
  HelmResponse,
  KustomizeResponse,
  RenderEngine,
} from '../../src/render/engine/protocol.ts';
import { segmentFields, segmentKinds } from '../../src/render/engine/protocol.ts';
import { helmText, renderedDocuments } from '../../src/render/helm-output.ts';
import { kustomizeText } from '../../src/render/kustomize.ts';
import type { ChartCase } from './fixtures.ts';

/** The day of the engine's clock. */
export const engineDay = '2024-01-01';
/** What helm 4.1.4 takes a cluster for when it is told nothing. */
export const kubeVersion = 'v1.35.0';

/** What a program made of an input: text, or why not. `defects` are faults in how the engine says where it is from. */
export type Outcome =
  | { readonly text: string; readonly defects?: readonly string[]; readonly left?: readonly string[] }
  | { readonly error: string };

/** What `helm template release-name <chart> --include-crds` should print. `files` hold the chart and what it refers to. */
export async function ourChart(
  engine: RenderEngine,
  files: readonly EngineFile[],
  { chart, values }: ChartCase,
): Promise<Outcome> {
  const file = chart === '.' ? values : `${chart}/${values}`;
  const request: HelmRequest = {
    op: 'helm',
    chart,
    values: values === 'values.yaml' ? [] : [{ file }],
    release: 'release-name',
    namespace: 'default',
    kubeVersion,
    files: [...partsOf(chart, files)],
  };
  const traced = await engine.helm(request);
  if ('fault' in traced) return failed(traced);
  const broken = renderedDocuments(traced.ok)
    .filter(({ part }) => part !== 'crd')
    .flatMap(({ output, source }) => source.problems.map((problem) => ({ in: output.name, ...problem })))
    .find(({ kind }) => kind !== 'duplicate-key');
  if (broken !== undefined) return { error: `not YAML: ${JSON.stringify(broken)}` };
  const plain = await engine.helm({ ...request, noTrace: true });
  const defects = 'fault' in plain ? ['fails without origins'] : sameOutputs(traced.ok, plain.ok);
  return { text: helmText(traced.ok), defects: [...defects, ...wrongSegments(traced.ok, files)] };
}

/**
 * What `kubectl kustomize <root>` should print. As the host does it, the build begins with the files of the directory
 * and is asked again with what it missed.
 */
export async function ourOverlay(
  engine: RenderEngine,
  files: readonly EngineFile[],
  root: string,
): Promise<Outcome> {
  const build = (given: readonly EngineFile[], noTrace = false) =>
    engine.kustomize({ op: 'kustomize', root, kubeVersion, files: given, noTrace });
  const given = new Set(below(files, root));
  let answer = await build([...given]);
  for (;;) {
    const more = missingOf(answer)
      .flatMap((path) => below(files, path))
      .filter((file) => !given.has(file));
    if (more.length === 0) break;
    for (const file of more) given.add(file);
    answer = await build([...given]);
  }
  if ('fault' in answer) return failed(answer);
  const plain = await build([...given], true);
  const same = 'ok' in plain && kustomizeText(plain.ok) === kustomizeText(answer.ok);
  return {
    text: kustomizeText(answer.ok),
    defects: same ? [] : ['other output without origins'],
    left: answer.ok.left.map(({ kind, text }) => `${kind} ${text}`),
  };
}

/** The files of a chart and of the charts that it names with `file://`. */
function partsOf(chart: string, files: readonly EngineFile[], seen = new Set<EngineFile>()): Set<EngineFile> {
  const own = below(files, chart).filter((file) => !seen.has(file));
  for (const file of own) seen.add(file);
  for (const { path, bytes } of own) {
    if (!/(^|\/)(Chart|requirements)\.yaml$/.test(path)) continue;
    const { local } = readChart(dirname(path), [
      new SourceReader().read(path, Buffer.from(bytes).toString()),
    ]);
    for (const directory of local) partsOf(directory, files, seen);
  }
  return seen;
}

function failed({
  fault: { code, message, file, line },
}: Extract<EngineAnswer<never>, { fault: unknown }>): Outcome {
  return { error: `${code}: ${message}${file === undefined ? '' : ` (${file}:${line ?? 0})`}` };
}

function missingOf(answer: EngineAnswer<KustomizeResponse>): readonly string[] {
  return 'ok' in answer ? answer.ok.missing : (answer.fault.missing ?? []);
}

function below(files: readonly EngineFile[], path: string): EngineFile[] {
  return path === '.'
    ? [...files]
    : files.filter((file) => file.path === path || file.path.startsWith(`${path}/`));
}

function sameOutputs(a: HelmResponse, b: HelmResponse): string[] {
  const show = ({ outputs, crds }: HelmResponse) =>
    [...outputs, ...crds].map(({ name, bytes }) => `${name}\n${Buffer.from(bytes).toString('latin1')}`);
  const [traced, plain] = [show(a), show(b)];
  const at = traced.findIndex((text, index) => text !== plain[index]);
  if (at >= 0) return [`other output without origins: ${traced[at]?.split('\n')[0]}`];
  return traced.length === plain.length ? [] : ['fewer outputs with origins'];
}

/** Literal text must stand in its source as it stands in the output. */
function wrongSegments({ outputs, sources }: HelmResponse, files: readonly EngineFile[]): string[] {
  const bytesOf = new Map(files.map(({ path, bytes }) => [path, Buffer.from(bytes)]));
  const texts = sources.map(({ file, text }) => (text === undefined ? bytesOf.get(file) : Buffer.from(text)));
  return outputs.flatMap((output) => wrongSegment(output, texts) ?? []);
}

function wrongSegment(
  { name, bytes, segments }: HelmOutput,
  texts: readonly (Buffer | undefined)[],
): string | undefined {
  if (bytes.length > 0 && segments[0] !== 0) return `${name}: the first segment does not begin at 0`;
  for (let at = 0; at < segments.length; at += segmentFields) {
    const [offset = 0, kind = 0, source = 0, position = 0] = segments.subarray(at, at + segmentFields);
    if ((kind & 255) !== segmentKinds.text) continue;
    const end = segments[at + segmentFields] ?? bytes.length;
    const printed = bytes.subarray(offset, end);
    const there = texts[source]?.subarray(position, position + printed.length);
    if (there === undefined || Buffer.compare(there, printed) !== 0)
      return `${name}: bytes ${offset} to ${end} are not at ${position} of their source`;
  }
  return undefined;
}
