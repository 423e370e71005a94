import type { Context } from 'hono'
import type * as z from 'zod/mini'
import type { AppEnv } from './env.ts'
import { type FieldProblem, ProblemError } from './errors.ts'
import { readBody } from './ingest/body.ts'

/** A request body of our own API, in bytes: the longest is a note of 4,000 characters. */
const API_BODY_BYTES_MAX = 65_536
/** Fields named in one problem. */
const FIELDS_SAID_MAX = 20

type Schema = z.ZodMiniType

/** The JSON body by its schema. 400 `invalid-body` names each field, 413 what is too large. */
export async function bodyOf<S extends Schema>(c: Context<AppEnv>, schema: S): Promise<z.output<S>> {
  const body = await readBody(c.req.raw, API_BODY_BYTES_MAX)
  // No body is no value: an order that needs no words may come without any.
  if (!body.ok && body.reason !== 'empty-body')
    throw new ProblemError(400, 'invalid-body', `The body could not be read: ${body.reason}.`)
  return checked(schema, body.ok ? body.value : undefined, 'invalid-body')
}

/** The value by its schema, else 400 with the code and each field. */
export function checked<S extends Schema>(schema: S, value: unknown, code: string): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors: FieldProblem[] = result.error.issues.slice(0, FIELDS_SAID_MAX).map((issue) => ({
    at: issue.path.map(String).join('.'),
    says: issue.code === 'unrecognized_keys' ? `unknown: ${issue.keys.join(', ')}`.slice(0, 200) : issue.message,
  }))
  throw new ProblemError(400, code, 'The request does not have the shape this address takes.', { errors })
}

/** The query by its schema; a name or a value that is not known is 400 `invalid-query`, and so is one given twice. */
export function queryOf<S extends Schema>(c: Context<AppEnv>, schema: S): z.output<S> {
  const given = c.req.queries()
  const twice = Object.keys(given).find((name) => (given[name]?.length ?? 0) > 1)
  if (twice !== undefined)
    throw new ProblemError(400, 'invalid-query', 'A parameter may be given once.', {
      errors: [{ at: twice.slice(0, 100), says: 'given twice' }],
    })
  return checked(schema, c.req.query(), 'invalid-query')
}
