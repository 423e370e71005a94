import * as z from 'zod/mini'

const oneOrMore = z.union([z.string(), z.array(z.string())])

const statement = z.strictObject({
  Sid: z.optional(z.string()),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.strictObject({
    Federated: z.optional(oneOrMore),
    AWS: z.optional(oneOrMore),
    Service: z.optional(oneOrMore),
  }),
  Action: oneOrMore,
  Condition: z.optional(z.record(z.string(), z.record(z.string(), oneOrMore))),
})

/** A role's trust policy, as far as roles for a web identity need it; an element beyond that is refused. */
export const trustPolicy = z.strictObject({
  Version: z.optional(z.string()),
  Statement: z.array(statement).check(z.minLength(1)),
})

export type TrustPolicy = z.infer<typeof trustPolicy>

export interface Asked {
  /** ARN of the OIDC provider that vouches. */
  provider: string
  action: string
  /** condition keys (`<issuer without https>:aud`, …) and their values in the request. */
  context: Record<string, string>
}

/** IAM's evaluation: some statement allows, none denies. An operator that is not understood never allows, and denies. */
export function trusts(policy: TrustPolicy, asked: Asked): boolean {
  const fits = (effect: 'Allow' | 'Deny') =>
    policy.Statement.some(
      (one) =>
        one.Effect === effect &&
        list(one.Principal.Federated).some((name) => name === asked.provider || name === '*') &&
        list(one.Action).some((name) => like(name.toLowerCase(), asked.action.toLowerCase())) &&
        Object.entries(one.Condition ?? {}).every(([operator, wanted]) => met(operator, wanted, asked, effect)),
    )
  return fits('Allow') && !fits('Deny')
}

function met(
  operator: string,
  wanted: Record<string, string | string[]>,
  { context }: Asked,
  effect: 'Allow' | 'Deny',
): boolean {
  const [, name = '', maybe] = /^(\w+?)(IfExists)?$/.exec(operator) ?? []
  const compare = OPERATORS[name]
  if (!compare) return effect === 'Deny'
  return Object.entries(wanted).every(([key, values]) => {
    // Condition keys are not case-sensitive; values are.
    const held = Object.entries(context).find(([one]) => one.toLowerCase() === key.toLowerCase())?.[1]
    if (held === undefined) return maybe !== undefined || name.includes('Not')
    return compare(held, list(values))
  })
}

const OPERATORS: Record<string, (held: string, values: string[]) => boolean> = {
  StringEquals: (held, values) => values.includes(held),
  StringNotEquals: (held, values) => !values.includes(held),
  StringEqualsIgnoreCase: (held, values) => values.some((value) => value.toLowerCase() === held.toLowerCase()),
  StringLike: (held, values) => values.some((value) => like(value, held)),
  StringNotLike: (held, values) => !values.some((value) => like(value, held)),
}

function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
  return new RegExp(`^${source}$`, 's').test(text)
}

function list(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}
