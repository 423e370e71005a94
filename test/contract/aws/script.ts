import * as z from 'zod/mini'
import { type Problem, type Service, isFields, shapeOf } from './model.ts'
import { errorOf, outputProblems } from './reply.ts'
import { type TrustPolicy, trustPolicy } from './trust.ts'

/** Longest pause that a script may ask for: a test that waits longer waits for nothing. */
const PAUSE_MS_MAX = 60_000

const pause = z.optional(z.int().check(z.gte(0), z.lte(PAUSE_MS_MAX)))
const count = z.optional(z.int().check(z.gte(0)))
const fields = z.record(z.string(), z.unknown())

const reply = z.strictObject({
  /** the operation's output; event streams are lists of `{member: event}`, payload blobs may be JSON. */
  output: z.optional(fields),
  /** an error that the model declares for the operation, or one of AWS's common ones. */
  error: z.optional(z.string()),
  message: z.optional(z.string()),
  fields: z.optional(fields),
  /** what no service of AWS says but a network in between does: a proxy's page, half a JSON. Not judged. */
  raw: z.optional(z.strictObject({ status: z.int(), contentType: z.string(), body: z.string() })),
  /** as the fake's own engine (STS, a table behind it) answers. */
  through: z.optional(z.literal(true)),
  delayMs: pause,
  /** pause between the pieces of the body. */
  trickleMs: pause,
  /** the connection is reset instead of an answer. */
  reset: z.optional(z.literal(true)),
  cutAfterEvents: count,
  cutAfterBytes: count,
})

const rule = z.strictObject({
  operation: z.string(),
  /** the input must hold all of this; a list holds it where one of its items does. */
  when: z.optional(fields),
  /** text that the input's JSON must hold. */
  says: z.optional(z.string()),
  /** one after the other; the last one stays. */
  replies: z.array(reply).check(z.minLength(1)),
})

const provider = z.strictObject({
  /** where issuer's documents really lie: its address as the tests reach it, or the documents themselves. */
  at: z.union([z.url(), z.strictObject({ discovery: z.unknown(), jwks: z.unknown() })]),
  /** audiences that the provider takes: its client ids. */
  audiences: z.array(z.string()),
})

const role = z.strictObject({ trust: trustPolicy, sessionSecondsMax: z.optional(z.int()) })

const iam = z.strictObject({
  /** OIDC providers of the account by issuer, as IAM knows them: https, no port, no query. */
  providers: z.record(z.string(), provider),
  /** by ARN. */
  roles: z.record(z.string(), role),
})

const script = z.strictObject({ rules: z.array(rule), iam: z.optional(iam) })

export type Reply = z.infer<typeof reply>
export type Rule = z.infer<typeof rule>
export type Iam = z.infer<typeof iam>
export type Script = z.infer<typeof script>
export type { TrustPolicy }

/** Nothing is scripted, nobody trusts anybody. */
export const EMPTY: Script = { rules: [] }

/**
 * A script, or what is wrong with it: an operation nobody serves, a reply that is not exactly one thing, an output,
 * event or error that AWS's model does not allow. A test cannot invent what AWS would say.
 */
export function readScript(services: readonly Service[], value: unknown): { script: Script } | { problems: Problem[] } {
  const parsed = z.safeParse(script, value)
  if (!parsed.success)
    return {
      problems: parsed.error.issues.map(({ path, message }) => ({
        at: `/${path.join('/')}`,
        rule: 'script',
        detail: message,
      })),
    }
  const problems = parsed.data.rules.flatMap(({ operation, replies }, index) => {
    const at = `/rules/${index}`
    const service = services.find(({ operations }) => operations[operation] !== undefined)
    if (!service) return [{ at, rule: 'operation', detail: operation }]
    return replies.flatMap((one, place) => replyProblems(service, operation, one, `${at}/replies/${place}`))
  })
  return problems.length > 0 ? { problems } : { script: parsed.data }
}

function replyProblems(service: Service, operation: string, one: Reply, at: string): Problem[] {
  const say = (rule: string, detail: string): Problem[] => [{ at, rule, detail }]
  const said = (['output', 'error', 'raw', 'through', 'reset'] as const).filter((name) => one[name] !== undefined)
  if (said.length !== 1) return say('reply', `${said.length} of output, error, raw, through and reset instead of one`)
  if (one.output)
    return outputProblems(service, operation, one.output).map((problem) => ({ ...problem, at: `${at}${problem.at}` }))
  if (one.error === undefined) return []
  const known = errorOf(service, operation, one.error)
  if (!known) return say('error', `${operation} does not declare ${one.error}`)
  const members = known.shape === null ? {} : (shapeOf(service, known.shape).members ?? {})
  return Object.keys(one.fields ?? {}).flatMap((name) => (members[name] ? [] : say('unknown', name)))
}

/** True where `held` has everything that `wanted` has. */
export function holds(held: unknown, wanted: unknown): boolean {
  if (isFields(wanted))
    return isFields(held) && Object.entries(wanted).every(([name, value]) => holds(held[name], value))
  if (Array.isArray(wanted))
    return Array.isArray(held) && wanted.every((one) => held.some((item: unknown) => holds(item, one)))
  return held === wanted
}
