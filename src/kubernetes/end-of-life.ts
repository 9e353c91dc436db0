import { chartRepositoryKey } from './chart-source.ts';
import table from './data/end-of-life.json' with { type: 'json' };

/** Software whose project has ended: no version of it gets fixes. */
export interface EndedSoftware {
  readonly title: string;
  /** When it ended, as `YYYY-MM-DD` or `YYYY-MM`. */
  readonly ended: string;
  /** What its project, or most of its users, moved on to. */
  readonly instead: string;
}

const byImage = new Map<string, EndedSoftware>(
  table.software.flatMap((software) => software.images.map((image) => [image, software] as const)),
);

/**
 * The ended software that an image holds.
 * @param name the full name of the image, such as `docker.io/library/nginx`
 */
export function endedImage(name: string): EndedSoftware | undefined {
  return byImage.get(name);
}

/**
 * The ended software that a chart installs.
 * @param repository address of the chart repository; undefined when it is not known, then the name has to do
 */
export function endedChart(name: string, repository: string | undefined): EndedSoftware | undefined {
  const key = repository === undefined ? undefined : chartRepositoryKey(repository);
  return table.software.find(({ charts }) =>
    charts.some(
      (chart) => chart.name === name && (key === undefined || (chart.repositories as string[]).includes(key)),
    ),
  );
}
