import { expect, test } from 'vitest'
import { breaks, patternsOfNothing } from './breaks.ts'
import { type Fields, type Tier, structureOf } from './model.ts'
import { outputProblems, streamOf } from './reply.ts'
import { requestOf } from './request.ts'
import { sample, sampleOutput } from './sample.ts'
import { needTier, servicesOf } from './tiers.ts'
import { timesOf, understand } from './understand.ts'

const TIERS: Tier[] = ['full', 'structural']

test.for(TIERS)(
  '[BD13] each constraint of each operation, broken once over the wire, is refused (%s tier)',
  async (tier, context) => {
    needTier(context, tier)
    const services = await servicesOf(tier)
    const counts: Record<string, number> = {}
    const missed: string[] = []
    const nothing: string[] = []
    for (const service of services) {
      for (const operation of Object.values(service.operations)) {
        const name = operation.input?.shape
        if (name === undefined) continue
        const judge = (input: Fields) => understand(services, requestOf(service, operation, input))
        const fine = judge(sample(service, name, timesOf(service)) as Fields)
        expect({ operation: fine?.operation.name, problems: fine?.problems }).toEqual({
          operation: operation.name,
          problems: [],
        })
        for (const { at, rule, input } of breaks(service, name, timesOf(service))) {
          counts[rule] = (counts[rule] ?? 0) + 1
          const seen = judge(input)
          // An address with an empty part leads nowhere: that is a refusal as well.
          if (
            seen?.operation.name === operation.name &&
            !seen.problems.some((problem) => problem.rule === rule || problem.rule === `${rule}-query`)
          )
            missed.push(`${operation.name}${at} ${rule}: ${seen.problems.map((problem) => problem.rule).join()}`)
        }
        nothing.push(...patternsOfNothing(service, name).map((text) => `${operation.name}${text}`))
      }
    }
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
    const each = Object.entries(counts).map(([rule, count]) => `${rule} ${count}`)
    console.log(`${tier} tier: ${total} single breaks (${each.join(', ')}), ${total - missed.length} refused`)
    expect(missed).toEqual([])
    // What is not broken allows every text.
    expect(nothing.filter((line) => !line.endsWith(' ^[\\s\\S]+$'))).toEqual([])
    expect(total).toBeGreaterThan(tier === 'full' ? 5000 : 3500)
  },
)

test.for(TIERS)(
  '[BD6] each constraint of each output and of each event, broken once, makes a script refused (%s tier)',
  async (tier, context) => {
    needTier(context, tier)
    const services = await servicesOf(tier)
    const missed: string[] = []
    let total = 0
    for (const service of services) {
      for (const { name, output } of Object.values(service.operations)) {
        if (!output) continue
        const fine = sampleOutput(service, name)
        expect(outputProblems(service, name, fine), name).toEqual([])
        const stream = streamOf(service, structureOf(service, output))
        const wrong = stream
          ? breaks(service, stream.shape, timesOf(service)).map(({ input, ...at }) => ({
              ...at,
              output: { ...fine, [stream.member]: [input] },
            }))
          : breaks(service, output.shape, timesOf(service)).map(({ input, ...at }) => ({ ...at, output: input }))
        total += wrong.length
        for (const { at, rule, output: said } of wrong) {
          if (!outputProblems(service, name, said).some((problem) => problem.rule === rule))
            missed.push(`${name}${at} ${rule}`)
        }
      }
    }
    console.log(`${tier} tier: ${total} single breaks of outputs, ${total - missed.length} refused`)
    expect(missed).toEqual([])
    expect(total).toBeGreaterThan(2000)
  },
)
