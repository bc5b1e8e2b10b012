import { z } from 'zod';

/**
 * The part of JSON Schema (2020-12) in which a business describes the arguments of its tools: what a voice model fills
 * in well, and what is checked in bounded time. References, regular expressions and conditions are not in it.
 */

/** A schema travels with every session of the model: short ones are also the ones it understands. */
const MAX_CHARACTERS = 8000;
const MAX_DEPTH = 8;

const types = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
const scalar = z.union([z.string().max(200), z.number(), z.boolean(), z.null()]);
const count = z.int().min(0).max(100_000);

const annotations = {
  title: z.string().max(200).optional(),
  description: z.string().max(1000).optional(),
  default: z.unknown().optional(),
  examples: z.array(z.unknown()).max(10).optional(),
};

const nodeSchema: z.ZodType = z.lazy(() =>
  z.strictObject({
    ...annotations,
    type: z.union([z.enum(types), z.array(z.enum(types)).min(1).max(types.length)]).optional(),
    enum: z.array(scalar).min(1).max(200).optional(),
    const: scalar.optional(),
    properties: z.record(z.string().min(1).max(64), nodeSchema).optional(),
    required: z.array(z.string().max(64)).max(50).optional(),
    additionalProperties: z.boolean().optional(),
    items: nodeSchema.optional(),
    minItems: count.optional(),
    maxItems: count.optional(),
    minLength: count.optional(),
    maxLength: count.optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    exclusiveMinimum: z.number().optional(),
    exclusiveMaximum: z.number().optional(),
    format: z.enum(['date', 'time', 'date-time', 'email', 'uuid']).optional(),
    anyOf: z.array(nodeSchema).min(1).max(10).optional(),
  }),
);

const rootSchema = nodeSchema.refine(
  (schema) => (schema as { type?: unknown }).type === 'object',
  'the arguments of a tool are an object: say "type": "object"',
);

/** Whether values nest deeper than allowed; without recursion, as the value is not trusted yet. */
const isDeeperThan = (value: unknown, limit: number): boolean => {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((entry) => (typeof entry === 'object' && entry ? Object.values(entry) : []));
  }
  return false;
};

/** What is wrong with a tool's parameters, by place; empty where a tool may have them. */
export const toolParameterProblems = (
  parameters: unknown,
): { path: readonly PropertyKey[]; message: string }[] => {
  // Each level of a schema is two of JSON: "properties", and the property.
  if (isDeeperThan(parameters, 2 * MAX_DEPTH))
    return [{ path: [], message: `nest deeper than ${MAX_DEPTH} levels` }];
  if ((JSON.stringify(parameters) ?? '').length > MAX_CHARACTERS)
    return [{ path: [], message: `are longer than ${MAX_CHARACTERS} characters` }];
  const result = rootSchema.safeParse(parameters);
  return result.success ? [] : result.error.issues.map(({ path, message }) => ({ path, message }));
};
