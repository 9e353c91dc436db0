import { chartNamingKinds, chartsNamedBy } from '../../kubernetes/chart-source.ts';
import { endedChart, endedImage } from '../../kubernetes/end-of-life.ts';
import { fullName } from '../../kubernetes/image-reference.ts';
import { imagesOf } from '../../kubernetes/images.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'image/end-of-life-software',
  severity: 'high',
  kinds: ['*', ...chartNamingKinds],
  summary: 'Software gets no fixes any more',
  why: 'The project has ended. Whatever is found in it from now on stays open, and those who look for weaknesses know where to look.',
  remedy: 'Move to what took its place, before the next hole in it is found.',
  controls: ['nist-800-53/r5:SA-22', 'owasp-k8s/2025:K07', 'kubescape:C-0292'],
  bundle: 'VULN',
  recommended: true,
  since: '0.1.0',
  messages: {
    image: 'Image {image} is {software}, which gets no fixes since {date}. Use {instead}.',
    chart: 'The chart {chart} installs {software}, which gets no fixes since {date}. Use {instead}.',
  },
  check(context) {
    const { manifest, inventory, report } = context;
    const reported = new Set<string>();
    for (const { name: chart, place, repository } of chartsNamedBy(manifest, inventory)) {
      const software = endedChart(chart, repository);
      if (software === undefined) continue;
      const { title, ended: date, instead } = software;
      report(place, 'chart', { chart, software: title, date, instead });
      reported.add(title);
    }
    for (const { reference, text: image, name, nameAt, container } of imagesOf(context)) {
      const software = endedImage(name ?? fullName(reference));
      // Values that name the image are for the chart that was told.
      if (software === undefined || reported.has(software.title)) continue;
      const { title, ended: date, instead } = software;
      report(
        nameAt,
        'image',
        { image, software: title, date, instead },
        container === undefined ? {} : { container },
      );
    }
  },
});
