import { type Problem } from '@frontdesk/contracts';
import { type ZodError } from 'zod';

/** An answer of 400 to 599 that a handler chooses; its texts reach the caller as `application/problem+json`. */
export class HttpProblem extends Error {
  /**
   * @param errors one line a mistake, with the path of the field
   * @param extras further members of the body, where a contract asks for them
   */
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail?: string,
    readonly errors?: Problem['errors'],
    readonly extras: Record<string, unknown> = {},
  ) {
    super(detail ? `${title}: ${detail}` : title);
    this.name = 'HttpProblem';
  }

  toJSON(): Problem & Record<string, unknown> {
    const { status, title, detail, errors, extras } = this;
    return {
      ...extras,
      type: 'about:blank',
      title,
      status,
      ...(detail === undefined ? {} : { detail }),
      ...(errors === undefined ? {} : { errors }),
    };
  }
}

/** 400 with a line for each field that does not fit its schema. */
export const invalidInput = (where: 'params' | 'query' | 'body', error: ZodError): HttpProblem =>
  new HttpProblem(
    400,
    'The request does not fit',
    undefined,
    error.issues.slice(0, MAX_LISTED).map((issue) => ({
      path: [where, ...issue.path.map(String)].join('.'),
      message: issue.message,
    })),
  );

/** A campaign upload may hold a hundred thousand mistakes; the first ones tell enough. */
const MAX_LISTED = 50;

/** Texts for errors that express and its body parsers raise themselves (http-errors: `status`, `type`). */
const parserProblems: Record<string, string> = {
  'entity.parse.failed': 'The body is not valid JSON',
  'entity.too.large': 'The body is too large',
  'encoding.unsupported': 'The content encoding is not supported',
  'charset.unsupported': 'The charset is not supported',
  'request.size.invalid': 'The body does not have the announced length',
  'request.aborted': 'The request was cut off',
};

/** The problem to answer for anything thrown, or null for an error of ours that the caller learns nothing about. */
export const problemOf = (error: unknown): HttpProblem | null => {
  if (error instanceof HttpProblem) return error;
  const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown };
  if (typeof status !== 'number' || status < 400 || status > 499) return null;
  const title = typeof type === 'string' ? parserProblems[type] : undefined;
  return new HttpProblem(status, title ?? 'The request cannot be read');
};
