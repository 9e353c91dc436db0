import { isKustomization, readKustomization } from '../discover/kustomize.ts';
import { directoryOf, fileIn } from '../discover/path.ts';
import { pathOf } from '../discover/source-file.ts';
import type { ChartTarget, OverlayTarget } from '../discover/target.ts';
import { LineIndex } from '../files/lines.ts';
import { Field } from '../kubernetes/field.ts';
import { find, markOf, type Span } from '../yaml/find.ts';
import type { Fault } from './engine/protocol.ts';
import type { RenderProblem, Sources } from './rendering.ts';

type Place = Pick<RenderProblem, 'file' | 'start' | 'end'>;

/** Why a chart or an overlay was not rendered, at the places to look at. */
export function problemsOf(
  fault: Fault,
  target: ChartTarget | OverlayTarget,
  sources: Sources,
): RenderProblem[] {
  const main = mainFile(target);
  const { missing = [] } = fault;
  const said = sentence(fault.message);
  switch (fault.code) {
    case 'limit':
      return [{ kind: 'limit', message: said, ...placeOf(fault, main, sources) }];
    case 'internal':
      return [{ kind: 'internal', message: `${said} Please report this.`, ...placeOf(fault, main, sources) }];
    case 'dependency':
      if (missing.length > 0) return dependencyProblems([...new Set(missing)], fault.file ?? main, sources);
      break;
    case 'template':
      if (target.kind === 'chart' && needsAnyValues(fault, target))
        return [
          {
            kind: 'needs-values',
            message: `The chart has no values of its own, and nobody gives any: ${said} ${giveValues(fault, target)}`,
            ...placeOf(fault, main, sources),
          },
        ];
      break;
    case 'values':
    case 'schema':
      if (target.kind === 'chart' && needsValues(fault, target))
        return [
          {
            kind: 'needs-values',
            message: `Values are missing that nobody gives: ${said} ${giveValues(fault, target)}`,
            ...placeOf(fault, main, sources),
          },
        ];
      break;
    case 'kustomize': {
      const lost = missing.flatMap((path) => missingFile(path, target, sources));
      if (lost.length > 0) return lost;
    }
  }
  const message = `This cannot be ${target.kind === 'chart' ? 'rendered' : 'built'}: ${said}`;
  return [{ kind: 'broken', message, ...placeOf(fault, main, sources) }];
}

/** The file that makes a directory a chart or a kustomization. */
export function mainFile(target: ChartTarget | OverlayTarget): string {
  const { directory, files } = target;
  if (target.kind === 'chart') return fileIn(directory, 'Chart.yaml');
  return files.find((file) => isKustomization(file) && directoryOf(file) === directory) ?? directory;
}

/** A values file that cannot be read is broken for everyone, and so is a value that the schema forbids. */
function needsValues({ code, message, file, needs = [] }: Fault, { values }: ChartTarget): boolean {
  if (code === 'schema') return /missing propert/.test(message);
  if (needs.length > 0) return true;
  return file !== undefined && isTemplate(file) && !values.some((layer) => layer.file === file);
}

/** Without a values.yaml, a template that looks into a value of `.Values` finds nothing there. */
function needsAnyValues({ message, file = '' }: Fault, { directory, files, values }: ChartTarget): boolean {
  const own = fileIn(directory, 'values.yaml');
  return (
    values.length === 0 &&
    !files.includes(own) &&
    isTemplate(file) &&
    /nil pointer|untyped nil|interface \{\} is nil/.test(message)
  );
}

function isTemplate(file: string): boolean {
  return /(?:^|\/)templates\//.test(file);
}

function giveValues({ needs = [] }: Fault, { directory }: ChartTarget): string {
  const keys = needs.map((path) => `${JSON.stringify(path.join('.'))}: …`);
  const set = keys.length === 0 ? '…' : keys.join(', ');
  return `Give them in the config: targets: [{path: ${JSON.stringify(directory)}, set: {${set}}}].`;
}

/** One problem for all subcharts that `helm dependency build` fetches, and one for each that has a wrong path. */
function dependencyProblems(names: readonly string[], chartFile: string, sources: Sources): RenderProblem[] {
  const directory = directoryOf(chartFile);
  // Charts of Helm 2 have their dependencies in a file of their own.
  const files = [chartFile, fileIn(directory, 'requirements.yaml')];
  const dependenciesIn = (file: string) =>
    new Field(sources.get(file)?.documents[0]?.value).at('dependencies').items();
  const file = files.find((each) => dependenciesIn(each).length > 0) ?? chartFile;
  const dependencies = dependenciesIn(file);
  const missing = names.map((name) => {
    const entry = dependencies.find(
      (item) => item.at('name').value === name || item.at('alias').value === name,
    );
    const place = entryOf(file, entry === undefined ? ['dependencies'] : pathOf(entry), sources);
    return { name, repository: entry?.at('repository').string ?? '', place };
  });
  const isLocal = ({ repository }: { repository: string }) => repository.startsWith('file://');
  const remote = missing.filter((one) => !isLocal(one));
  const [first] = remote;
  const which = `${remote.length > 1 ? 'subcharts' : 'subchart'} ${remote.map(({ name }) => name).join(', ')}`;
  return [
    ...missing.filter(isLocal).map(({ name, repository, place }) => ({
      kind: 'broken' as const,
      message: `The subchart ${name} is not at ${repository}, so the chart cannot be rendered.`,
      ...place,
    })),
    ...(first === undefined
      ? []
      : [
          {
            kind: 'dependency' as const,
            message: `The chart was not checked: its ${which} ${remote.length > 1 ? 'are' : 'is'} not in the repository. Run helm dependency build ${directory} before the check, or commit ${fileIn(directory, 'charts/')}.`,
            ...first.place,
          },
        ]),
  ];
}

/** Every entry of the target's kustomizations that names a path that is not there. */
function missingFile(path: string, target: ChartTarget | OverlayTarget, sources: Sources): RenderProblem[] {
  const remotes = target.kind === 'overlay' ? target.remotes : {};
  return target.files.filter(isKustomization).flatMap((file) => {
    const source = sources.get(file);
    const references = source === undefined ? [] : (readKustomization(source, remotes)?.references ?? []);
    return references
      .filter((reference) => reference.path === path)
      .map(({ pointer }) => ({
        kind: 'broken' as const,
        message: `There is no ${path} in the repository, so this cannot be built.`,
        ...entryOf(file, pointer, sources),
      }));
  });
}

/** The file as a whole when no line is known. */
function placeOf({ file = '', inner, line, column }: Fault, main: string, sources: Sources): Place {
  const source = inner === undefined ? sources.get(file) : undefined;
  if (source === undefined) return { file: main, start: 0, end: 0 };
  return { file, ...(line ? lineSpan(source.text, line, column) : { start: 0, end: 0 }) };
}

/** From a column (1-based, in bytes; the first character when not known) to the end of a line (1-based). */
function lineSpan(text: string, line: number, column = 0): Span {
  const lines = new LineIndex(text);
  const start = lines.lineStart(line);
  const whole = lines.lineText(line);
  const skipped =
    column > 0
      ? Buffer.from(whole)
          .subarray(0, column - 1)
          .toString().length
      : whole.length - whole.trimStart().length;
  return { start: start + skipped, end: start + Math.max(skipped, whole.trimEnd().length) };
}

/** @param pointer keys and indexes, the latter as numbers or in decimal digits. */
function entryOf(file: string, pointer: readonly (string | number)[], sources: Sources): Place {
  const source = sources.get(file);
  const root = source?.documents[0]?.root;
  if (source === undefined || root === undefined) return { file, start: 0, end: 0 };
  const path = pointer.map((key) => (/^\d+$/.test(String(key)) ? Number(key) : key));
  return { file, ...markOf(find(root, path), source.text) };
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\s*\n\s*/g, ' ');
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
