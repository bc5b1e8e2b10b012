import { type z } from 'zod';

/** Why the server refuses a client event; becomes an `error` event, the session stays open. */
export class Rejection extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly param: string | null = null,
    readonly type = 'invalid_request_error',
  ) {
    super(message);
    this.name = 'Rejection';
  }
}

/** Parses by a strict schema and refuses in the vendor's words: unknown, missing or wrong parameter. */
export const parseStrictly = <T>(schema: z.ZodType<T>, input: unknown, prefix = ''): T => {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw rejectionOf(deepestIssue(result.error.issues), input, prefix);
};

type Issue = z.core.$ZodIssue;

/** Of a union's alternatives the one that came farthest tells best what is wrong. */
const deepestIssue = (issues: readonly Issue[]): Issue => {
  const [issue] = issues;
  if (!issue) throw new Error('a failed parse has an issue');
  if (issue.code !== 'invalid_union') return issue;
  const nested = issue.errors.map((alternative) => alternative[0]).filter((entry) => entry !== undefined);
  const deepest = nested.sort((one, other) => other.path.length - one.path.length)[0];
  return deepest ? deepestIssue([{ ...deepest, path: [...issue.path, ...deepest.path] } as Issue]) : issue;
};

const rejectionOf = (issue: Issue, input: unknown, prefix: string): Rejection => {
  const path = [prefix, ...issue.path.map(String)].filter(Boolean).join('.');
  if (issue.code === 'unrecognized_keys') {
    const param = [path, issue.keys[0]].filter(Boolean).join('.');
    return new Rejection('unknown_parameter', `Unknown parameter: '${param}'.`, param);
  }
  if (valueAt(input, issue.path) === undefined)
    return new Rejection('missing_required_parameter', `Missing required parameter: '${path}'.`, path);
  return new Rejection('invalid_value', `Invalid value for '${path}': ${issue.message}.`, path);
};

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
