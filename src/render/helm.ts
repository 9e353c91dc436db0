import { baseName } from '../discover/path.ts';
import { pathOf } from '../discover/source-file.ts';
import type { ChartTarget } from '../discover/target.ts';
import { find } from '../yaml/find.ts';
import type { YamlProblem } from '../yaml/tree.ts';
import type { HelmResponse } from './engine/protocol.ts';
import { type RenderedDocument, renderedDocuments } from './helm-output.ts';
import { HelmTrace, inConfig } from './helm-trace.ts';
import type { Manifest } from './manifest.ts';
import { objectsIn } from './objects.ts';
import { Places } from './places.ts';
import { inOrder } from './primary.ts';
import { mainFile } from './problems.ts';
import type { RenderProblem, Sources } from './rendering.ts';

/**
 * The objects of a rendered chart in the order in which `helm template --include-crds` prints them, hooks and tests
 * among them. A document that is not YAML is a problem of the template line that printed what is wrong.
 */
export async function chartManifests(
  target: ChartTarget,
  response: HelmResponse,
  sources: Sources,
): Promise<{ manifests: Manifest[]; problems: RenderProblem[] }> {
  const trace = new HelmTrace(response, new Places(sources), inConfig(target.values));
  const documents = renderedDocuments(response);
  const manifests = documents.flatMap((rendered) =>
    rendered.source.documents.flatMap((document) =>
      objectsIn(document.value).map(({ object, path }): Manifest => {
        const { output, whole: text, start } = rendered;
        let file: string | undefined;
        return {
          ...object,
          // Where a release goes that nobody named a namespace for is not known; "default" is Helm's word for that.
          namespace:
            target.namespace === undefined && object.namespace === 'default' ? undefined : object.namespace,
          target,
          get file() {
            file ??= this.originsOf(object.root)[0]?.file ?? mainFile(target);
            return file;
          },
          originsOf(place, part) {
            const way = [...path, ...pathOf(place)];
            const found = find(document.along(way), way);
            const origins = inOrder(trace.leads({ output, text, start, found, part }));
            return origins.length > 0 ? origins : [chartFile(target)];
          },
        };
      }),
    ),
  );
  const problems: RenderProblem[] = [];
  for (const rendered of documents)
    for (const problem of rendered.source.problems)
      if (problem.kind !== 'duplicate-key')
        problems.push(await renderProblem(target, rendered, problem, trace));
  return { manifests, problems };
}

/** Where to look when nothing is known. */
function chartFile(target: ChartTarget) {
  return { file: mainFile(target), start: 0, end: 0, role: 'template', precision: 'file' } as const;
}

async function renderProblem(
  target: ChartTarget,
  { output, whole, start, text }: RenderedDocument,
  problem: YamlProblem,
  trace: HelmTrace,
): Promise<RenderProblem> {
  const { explainSyntax } = await import('../yaml/explain.ts');
  const { message, start: at } = explainSyntax(text, problem);
  const [origin] = inOrder(trace.leadsAt(output, whole, start + at));
  const { file, start: from, end } = origin ?? chartFile(target);
  const kind = problem.kind === 'limit' ? 'limit' : 'broken';
  const line = text.slice(0, at).split('\n').length;
  return {
    kind,
    message: `${baseName(output.name)} does not render to YAML: line ${line} of what it prints. ${message}.`,
    file,
    start: from,
    end,
  };
}
