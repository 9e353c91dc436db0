// Writes what is made from the rules: the heads and the index of docs/rules/, and the rules' options in the config's schema.
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const { outputFiles } = await build({
  stdin: {
    contents: "export * from './src/rules/index.ts'; export * from './src/report/rule-page.ts';",
    resolveDir: '.',
  },
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const [bundle] = outputFiles;
const { rules, ruleHead, ruleIndex, ruleSchemas, headStart, headEnd } = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.contents).toString('base64')}`
);

for (const rule of rules) {
  const path = `docs/rules/${rule.id}.md`;
  const page = readFileSync(path, 'utf8');
  const body = page.slice(page.indexOf(headEnd) + headEnd.length);
  if (!page.startsWith(headStart) || body.length === page.length)
    throw new Error(`${path} has no head to write to`);
  writeFileSync(path, ruleHead(rule) + body);
}
writeFileSync('docs/rules/README.md', ruleIndex(rules));

const schemaFile = 'schemas/config.schema.json';
const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
schema.properties.rules.properties = ruleSchemas(rules);
writeFileSync(schemaFile, `${JSON.stringify(schema, null, 2)}\n`);
