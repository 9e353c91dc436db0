/**
 * `node scripts/oscal.mjs FILE…`: validates OSCAL documents, such as `plimsoll compliance --format oscal` writes, against
 * NIST's JSON schema of their version. The schema is that in the Go module go-oscal (Apache-2.0), as no npm package
 * has it, and is not kept here; Go must be installed.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';

const goModule = 'github.com/defenseunicorns/go-oscal@v0.7.0';
const download = execFileSync('go', ['mod', 'download', '-json', goModule], {
  cwd: tmpdir(),
  encoding: 'utf8',
});
const schemas = join(JSON.parse(download).Dir, 'src', 'internal', 'schemas');

let failed = 0;
for (const file of process.argv.slice(2)) {
  const document = JSON.parse(readFileSync(file, 'utf8'));
  const version = document['assessment-results'].metadata['oscal-version'];
  const path = join(schemas, `oscal_complete_schema-${version.replaceAll('.', '-')}.json`);
  // Its formats say nothing that its patterns do not, but for references, which are addresses of rule pages.
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const valid = ajv.validate(JSON.parse(readFileSync(path, 'utf8')), document);
  if (!valid) failed += 1;
  console.log(
    `${file}: ${valid ? `valid OSCAL ${version}` : ajv.errorsText(ajv.errors, { separator: '\n  ' })}`,
  );
}
process.exitCode = failed === 0 ? 0 : 1;
