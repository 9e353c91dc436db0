import { Ajv } from 'ajv';

/**
 * The part of OSCAL's `assessment-results` (usnistgov/OSCAL v1.1.3, src/metaschema) that reports use, written by hand;
 * `node scripts/oscal.mjs` validates against all of NIST's schema.
 */
type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const line = { type: 'string', pattern: '^\\S(.*\\S)?$' };
const token = { type: 'string', pattern: '^(\\p{L}|_)(\\p{L}|\\p{N}|[.\\-_])*$' };
const uuid = {
  type: 'string',
  pattern: '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$',
};
const time = {
  type: 'string',
  pattern: '^(19|2\\d)\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$',
};
const uri = { type: 'string', pattern: '^[a-zA-Z][a-zA-Z0-9+\\-.]+:.+$' };

function many(items: Schema): Schema {
  return { type: 'array', minItems: 1, items };
}

/** An object with just these properties; those whose names end in `?` may be absent. */
function object(properties: Readonly<Record<string, Schema>>): Schema {
  const names = Object.keys(properties);
  return {
    type: 'object',
    additionalProperties: false,
    required: names.filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name.replace(/\?$/, ''), schema]),
    ),
  };
}

const props = many(object({ name: token, 'ns?': uri, value: line }));
const observations = many(object({ 'observation-uuid': uuid }));
const component = object({
  uuid,
  type: line,
  title: text,
  description: text,
  'props?': props,
  status: object({
    state: { enum: ['under-development', 'operational', 'disposition', 'other'] },
    'remarks?': text,
  }),
});

const result = object({
  uuid,
  title: text,
  description: text,
  start: time,
  'end?': time,
  'local-definitions?': object({
    components: many(component),
    'assessment-assets': object({
      components: many(component),
      'assessment-platforms': many(
        object({ uuid, 'uses-components': many(object({ 'component-uuid': uuid })) }),
      ),
    }),
  }),
  'reviewed-controls': object({
    'description?': text,
    'control-selections': many(
      object({
        'include-all': object({}),
        'exclude-controls?': many(object({ 'control-id': token })),
        'remarks?': text,
      }),
    ),
  }),
  'observations?': many(
    object({
      uuid,
      'title?': text,
      description: text,
      'props?': props,
      'links?': many(object({ href: uri, rel: token })),
      methods: many({ enum: ['EXAMINE', 'INTERVIEW', 'TEST', 'UNKNOWN'] }),
      'origins?': many(
        object({
          actors: many(
            object({ type: { enum: ['tool', 'assessment-platform', 'party'] }, 'actor-uuid': uuid }),
          ),
        }),
      ),
      'subjects?': many(object({ 'subject-uuid': uuid, type: { const: 'component' } })),
      collected: time,
      'types?': many({
        enum: ['ssp-statement-issue', 'control-objective', 'mitigation', 'finding', 'historic'],
      }),
      'relevant-evidence?': many(object({ description: text })),
    }),
  ),
  'risks?': many(
    object({
      uuid,
      title: text,
      description: text,
      statement: text,
      status: {
        enum: ['open', 'investigating', 'remediating', 'deviation-requested', 'deviation-approved', 'closed'],
      },
      'related-observations?': observations,
    }),
  ),
  'findings?': many(
    object({
      uuid,
      title: text,
      description: text,
      target: object({
        type: { enum: ['statement-id', 'objective-id'] },
        'target-id': token,
        status: object({
          state: { enum: ['satisfied', 'not-satisfied'] },
          'reason?': { enum: ['pass', 'fail', 'other'] },
        }),
      }),
      'related-observations?': observations,
      'related-risks?': many(object({ 'risk-uuid': uuid })),
    }),
  ),
});

const validate = new Ajv({ allErrors: true }).compile(
  object({
    'assessment-results': object({
      uuid,
      metadata: object({ title: text, 'last-modified': time, version: line, 'oscal-version': line }),
      'import-ap': object({ href: { type: 'string', pattern: '^#' } }),
      results: many(result),
      'back-matter': object({
        resources: many(
          object({ uuid, title: text, description: text, rlinks: many(object({ href: uri })) }),
        ),
      }),
    }),
  }),
);

/** What is wrong with a document: its structure, UUIDs that two parts have, references to parts that are not there. */
export function documentProblems(document: unknown): string[] {
  const problems = validate(document) ? [] : (validate.errors ?? []).map((error) => JSON.stringify(error));
  const json = JSON.stringify(document);
  const defined = [...json.matchAll(/"uuid":"([^"]*)"/g)].map(([, id]) => id);
  const named = [...json.matchAll(/"(?:[a-z]+-uuid|href)":"#?([0-9a-f-]{36})"/g)].map(([, id]) => id);
  const twice = defined.filter((id, index) => defined.indexOf(id) !== index);
  const missing = named.filter((id) => !defined.includes(id));
  return [
    ...problems,
    ...twice.map((id) => `two parts have ${id}`),
    ...missing.map((id) => `there is no ${id}`),
  ];
}
