import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { understand } from '../../../bridge/aws/bedrock/answer.ts'
import { failureOf } from '../../../bridge/aws/bedrock/failure.ts'
import { type Shape, fit } from '../../../bridge/aws/bedrock/shape.ts'
import { ANALYSE, CLASSIFY } from '../../../bridge/aws/bedrock/tasks.ts'
import { readStsAnswer } from '../../../bridge/aws/sts/answer.ts'
import { awsSettings } from '../../../bridge/aws-config.ts'
import { MODELS } from '../../../bridge/catalog.ts'
import { readKeys } from '../../../bridge/issuer.ts'
import { CAUSE, causes, tool } from './asks.ts'

function members() {
  const any = fc.oneof(fc.jsonValue(), fc.constant('db-proxy'))
  return {
    kind: fc.oneof(any, fc.constant('memory')),
    service: any,
    cites: fc.oneof(any, fc.constant(['E-01'])),
    says: any,
  }
}

/** JSON near a good answer: members missing, of another type, too many. */
const near = fc.oneof(
  fc.jsonValue(),
  fc.record({ causes: fc.array(fc.oneof(fc.constant(CAUSE), fc.jsonValue()), { maxLength: 10 }) }),
  fc.record({
    causes: fc.array(fc.record({ ...members(), extra: fc.jsonValue() }, { requiredKeys: [] }), { maxLength: 4 }),
  }),
)

/** What a checker by hand says of the same value, member by member. */
function fitsByHand(value: unknown): boolean {
  const text = (one: unknown, max: number) => typeof one === 'string' && one.length <= max
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, 'causes'))
    return false
  const { causes: list } = value as { causes: unknown }
  if (!Array.isArray(list) || list.length > 8) return false
  return list.every((one: unknown) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return false
    const { kind, service, cites, says } = one as Record<string, unknown>
    const kinds = ['saturation', 'memory', 'configuration', 'deployment', 'dependency', 'capacity', 'crash', 'unknown']
    return (
      typeof kind === 'string' &&
      kinds.includes(kind) &&
      text(service, 128) &&
      text(says, 400) &&
      Array.isArray(cites) &&
      cites.length <= 12 &&
      cites.every((id) => text(id, 64))
    )
  })
}

test('[BD25] whatever comes back is a whole answer with no other member, or a reason: never a throw, for every model of the table', () => {
  fc.assert(
    fc.property(fc.constantFrom(...MODELS), near, fc.string(), (row, value, text) => {
      const good = fitsByHand(value)
      const raw =
        row.structured === 'forced-tool'
          ? { text, tools: [tool(value).toolUse as { name: string; input: unknown }], stopReason: 'tool_use' }
          : { text: JSON.stringify(value), tools: [], stopReason: 'end_turn' }
      const read = understand(row, ANALYSE.shape, raw)
      expect(read.ok).toBe(good)
      if (read.ok) expect(fit(ANALYSE.shape, read.value)).toEqual({ ok: true, value: read.value })
      if (read.ok) expect(JSON.stringify(read.value)).not.toContain('"extra"')
      const other = understand(row, CLASSIFY.shape, { text, tools: [], stopReason: text })
      expect(other.ok).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('[BD25] a member that stands on the prototype alone is missing, and one that is called like it is left out', () => {
  const shape: Shape = {
    type: 'object',
    properties: { toString: { type: 'string' as const } },
    required: ['toString'],
    additionalProperties: false,
  }
  expect(fit(shape, {})).toMatchObject({ ok: false, says: 'is missing' })
  const evil: unknown = JSON.parse(`{"causes":[],"__proto__":{"causes":[1]},"constructor":{}}`)
  const read = fit(ANALYSE.shape, evil)
  expect(read).toEqual({ ok: true, value: causes() })
  expect(Object.getPrototypeOf(read.ok ? read.value : null)).toBe(Object.prototype)
})

test('[BD29] whatever is thrown has a reason word', () => {
  fc.assert(
    fc.property(fc.anything(), (thrown) => {
      expect(failureOf(thrown)).toMatch(/^[a-z-]+$/)
    }),
  )
})

test('[BD42] settings, keys and answers of STS are read or refused, whatever they are', () => {
  const names = ['IC_AWS_REGION', 'IC_AWS_ROLE_AI', 'IC_ISSUER', 'IC_ISSUER_KEYS', 'IC_AWS_ENDPOINT', 'IC_AI_DAY_USD']
  const environment = fc.dictionary(
    fc.constantFrom(...names),
    fc.oneof(fc.string(), fc.webUrl(), fc.json(), fc.anything()),
  )
  fc.assert(
    fc.property(environment, fc.string(), fc.integer({ min: 100, max: 599 }), (env, text, status) => {
      const { config, faults } = awsSettings({ IC_AWS_REGION: 'us-east-1', ...env })
      if (config === null) for (const fault of faults) expect(fault).toMatch(/^IC_[A-Z_]+$/)
      expect(readKeys(text)).toBeNull()
      expect(['error', 'not-understood']).toContain(readStsAnswer(status, `<Code>${text}</Code>`).kind)
    }),
  )
})
