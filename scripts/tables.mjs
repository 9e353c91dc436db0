// Lists the tables of facts with their date and how each is brought up to date: `npm run tables`.
import { readdirSync, readFileSync } from 'node:fs';

const directories = ['src/kubernetes/data', 'src/compliance', 'src/compliance/frameworks'];
const tables = directories
  .flatMap((directory) => readdirSync(directory).map((name) => `${directory}/${name}`))
  .filter((path) => path.endsWith('.json'))
  .map((path) => ({ path, ...JSON.parse(readFileSync(path, 'utf8')) }))
  .sort((a, b) => (a.date ?? '').localeCompare(b.date ?? ''));
for (const { path, date, source, refresh } of tables) {
  console.log(`${date ?? 'published  '} ${path}`);
  console.log(`  from  ${source}`);
  console.log(`  how   ${refresh ?? 'A new version of the framework is a new file.'}\n`);
}
