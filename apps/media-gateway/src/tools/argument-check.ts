import { Validator, type Schema } from '@cfworker/json-schema';

/** More than this in one call is no sensible argument list. */
export const MAX_ARGUMENT_CHARACTERS = 16_000;
const MAX_PROBLEMS = 3;

export type Checked =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly error: string };

/** Checks what the model filled in against a tool's JSON schema; interprets the schema, so that nothing is compiled. */
export class ArgumentCheck {
  private readonly validator: Validator;

  /** @param parameters a JSON schema of an object */
  constructor(parameters: Readonly<Record<string, unknown>>) {
    this.validator = new Validator(parameters as Schema, '2020-12', false);
  }

  check(argumentsJson: string): Checked {
    if (argumentsJson.length > MAX_ARGUMENT_CHARACTERS) return wrong('they are too long');
    let value: unknown;
    try {
      value = argumentsJson.trim() === '' ? {} : JSON.parse(argumentsJson);
    } catch {
      return wrong('they are not JSON');
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return wrong('they are no object');
    const { valid, errors } = this.validator.validate(value);
    if (valid) return { ok: true, value: value as Record<string, unknown> };
    // The outermost complaint only says that something inside is wrong.
    const problems = errors
      .filter(({ keyword }) => !['properties', 'items', 'anyOf'].includes(keyword))
      .slice(0, MAX_PROBLEMS)
      .map(({ instanceLocation, error }) => `${instanceLocation.replace(/^#\/?/, '') || 'they'}: ${error}`);
    return wrong(problems.join('; '));
  }
}

const wrong = (what: string): Checked => ({ ok: false, error: `The arguments do not fit: ${what}` });
