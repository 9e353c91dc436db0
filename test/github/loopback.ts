import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv, type Schema } from 'ajv';

/** A server on the loopback interface that answers like GitHub's API, from a state in memory. */
export interface Loopback {
  /** What goes into `GITHUB_API_URL`. */
  readonly apiUrl: string;
  /** The operations that were asked for, in order, by their ids in GitHub's description. */
  readonly operations: string[];
  /** What was wrong with requests: a test fails when this is not empty. */
  readonly violations: string[];
  close(): Promise<void>;
}

/** What the server knows. Comments that are written appear in it. */
export interface State {
  /** Login of the token's owner. */
  viewer?: string;
  files?: readonly ChangedFile[];
  comments?: Comment[];
  /** Answers that are given, each once, instead of the usual ones to the named operation. */
  failures?: Failure[];
}

export interface ChangedFile {
  readonly filename: string;
  readonly patch?: string;
  readonly previous_filename?: string;
  readonly changes?: number;
}

export interface Comment {
  readonly id: number;
  readonly author: string;
  body: string;
}

export interface Failure {
  readonly operation: string;
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The request is carried out all the same; only the answer is lost. */
  readonly carriedOut?: true;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
  };
}

interface Request {
  readonly operation: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Starts a server that holds each request against GitHub's OpenAPI description.
 * @param product which description, and with it the path that the API is at
 */
export async function startLoopback(
  state: State,
  product: 'api.github.com' | 'ghes-3.17' = 'api.github.com',
): Promise<Loopback> {
  const description = descriptionOf(product);
  const prefix = product === 'api.github.com' ? '' : '/api';
  const operations: string[] = [];
  const violations: string[] = [];
  const server = createServer(async (request, response) => {
    const answer = await read(request)
      .then((body) => understand(description, prefix, request, body))
      .then((understood): Answer => {
        operations.push(understood.operation);
        return answerTo(understood, state, description, url());
      })
      .catch((error: unknown): Answer => {
        violations.push(
          `${request.method} ${request.url}: ${error instanceof Error ? error.message : error}`,
        );
        return { status: 400, body: { message: 'This request is not in the description of the API' } };
      });
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify(answer.body));
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix && `${prefix}/v3`}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    apiUrl: url(),
    operations,
    violations,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The operations that Plimsoll uses: see scripts/github-openapi.mjs. */
const descriptions = new Map<string, Description>();

function descriptionOf(product: string): Description {
  const known = descriptions.get(product);
  if (known) return known;
  const text = readFileSync(`__fixtures__/github/openapi/${product}.json`, 'utf8');
  const description: Description = JSON.parse(text);
  descriptions.set(product, description);
  return description;
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

/** Finds the operation of a request. Throws when there is none or the request is not as described. */
function understand(
  description: Description,
  prefix: string,
  request: IncomingMessage,
  bodyText: string,
): Request {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1');
  if (!/^token .+/.test(request.headers.authorization ?? '')) throw new Error('no token');
  const body: unknown = bodyText === '' ? undefined : JSON.parse(bodyText);
  if (request.method === 'POST' && pathname === `${prefix}/graphql`)
    return { operation: 'graphql', parameters: {}, body };

  const segments = pathname.slice((prefix && `${prefix}/v3`).length).split('/');
  for (const [template, methods] of Object.entries(description.paths)) {
    const operation = methods[request.method?.toLowerCase() ?? ''];
    const path = operation && match(template.split('/'), segments);
    if (!path) continue;
    const query = Object.fromEntries(searchParams);
    validate(description, operation, { path, query, body });
    return { operation: operation.operationId, parameters: { ...path, ...query }, body };
  }
  throw new Error('no such operation');
}

/** The parameters of a path by their names in the template; undefined when the path does not fit. */
function match(template: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [i, part] of template.entries()) {
    const segment = segments[i] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name) parameters[name] = decodeURIComponent(segment);
    else if (part !== segment) return undefined;
  }
  return parameters;
}

/** Throws when path, query or body are not what the operation describes. */
function validate(
  { components }: Description,
  operation: Operation,
  request: { path: object; query: object; body: unknown },
): void {
  const parameters = operation.parameters.map((parameter) =>
    '$ref' in parameter ? components.parameters[parameter.$ref.split('/').at(-1) ?? ''] : parameter,
  );
  const place = (name: Parameter['in']): Schema => {
    const here = parameters.filter((parameter) => parameter?.in === name) as Parameter[];
    return {
      type: 'object',
      // Neither the parameters nor the body may hold what the description does not name.
      additionalProperties: false,
      required: here.filter(({ required }) => required).map((parameter) => parameter.name),
      properties: Object.fromEntries(here.map((parameter) => [parameter.name, parameter.schema])),
    };
  };
  const body = operation.requestBody?.content['application/json'].schema;
  const bodySchema = body ? { ...(body as object), additionalProperties: false } : { type: 'null' };
  check('path', place('path'), { ...request.path }, true);
  check('query', place('query'), { ...request.query }, true);
  check('body', bodySchema, request.body ?? null, false);
}

function check(name: string, schema: Schema, value: unknown, areStrings: boolean): void {
  const ajv = new Ajv({
    strict: false,
    coerceTypes: areStrings,
    validateFormats: false,
    meta: false,
    validateSchema: false,
  });
  if (!ajv.validate(schema, value)) throw new Error(ajv.errorsText(ajv.errors, { dataVar: name }));
}

function answerTo(request: Request, state: State, description: Description, apiUrl: string): Answer {
  const failure = state.failures?.find(({ operation }) => operation === request.operation);
  if (failure) {
    state.failures?.splice(state.failures.indexOf(failure), 1);
    if (failure.carriedOut) perform(request, state, description, apiUrl);
    const { status, message, headers = {} } = failure;
    return { status, body: { message }, headers };
  }
  return perform(request, state, description, apiUrl);
}

function perform(
  { operation, parameters, body }: Request,
  state: State,
  { components }: Description,
  apiUrl: string,
): Answer {
  const { files = [], comments = [], viewer = 'github-actions[bot]' } = state;
  const example = (name: string) => components.examples[name]?.value as object;
  const fileEntry = ({ changes = 1, ...file }: ChangedFile) => {
    const [{ patch: _, ...entry }] = example('diff-entry-items') as [{ patch: string }];
    return { ...entry, changes, ...file };
  };
  const comment = ({ id, author, body }: Comment) => {
    const entry = example('issue-comment') as { user: object };
    return { ...entry, id, body, user: { ...entry.user, login: author } };
  };
  const page = (entries: readonly object[]): Answer => {
    const size = Math.min(Number(parameters.per_page ?? 30), 100);
    const number = Number(parameters.page ?? 1);
    const { owner, repo, pull_number, issue_number } = parameters;
    const path = pull_number ? `pulls/${pull_number}/files` : `issues/${issue_number}/comments`;
    const next = `<${apiUrl}/repos/${owner}/${repo}/${path}?per_page=${size}&page=${number + 1}>; rel="next"`;
    return {
      status: 200,
      body: entries.slice((number - 1) * size, number * size),
      headers: number * size < entries.length ? { link: next } : {},
    };
  };
  switch (operation) {
    case 'pulls/list-files':
      return page(files.slice(0, 3000).map(fileEntry));
    case 'repos/compare-commits-with-basehead':
      return {
        status: 200,
        body: { ...example('commit-comparison'), files: files.slice(0, 300).map(fileEntry) },
      };
    case 'issues/list-comments':
      return page(comments.map(comment));
    case 'issues/create-comment': {
      const made = {
        id: Math.max(0, ...comments.map(({ id }) => id)) + 1,
        author: viewer,
        body: (body as Comment).body,
      };
      state.comments = [...comments, made];
      return { status: 201, body: comment(made) };
    }
    case 'issues/update-comment': {
      const found = comments.find(({ id }) => id === Number(parameters.comment_id));
      if (!found) return { status: 404, body: { message: 'Not Found' } };
      found.body = (body as Comment).body;
      return { status: 200, body: comment(found) };
    }
    case 'graphql':
      if ((body as { query?: string }).query !== 'query { viewer { login } }')
        throw new Error('unknown GraphQL query');
      return { status: 200, body: { data: { viewer: { login: viewer } } } };
    default:
      throw new Error(`the loopback server does not know ${operation}`);
  }
}
