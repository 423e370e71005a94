import { afterEach, expect, test } from 'vitest'
import type { ModelReason } from '../../../durable/protocol/models.ts'
import { MODELS } from '../../../bridge/catalog.ts'
import { CAUSE, CLAUDE, MATERIAL, NOVA, PROMPTED, answer, causes, tool } from './asks.ts'
import { type World, worldOf } from './world.ts'

const worlds: World[] = []

async function world(...args: Parameters<typeof worldOf>): Promise<World> {
  const made = await worldOf(...args)
  worlds.push(made)
  return made
}

afterEach(async () => {
  const ended = worlds.splice(0)
  await Promise.all(ended.map(({ fake }) => fake.stop()))
  // The product sends AWS nothing that its models do not allow, and signs all of it.
  for (const { fake } of ended)
    for (const { problems, signature } of fake.calls()) expect([problems, signature]).toEqual([[], 'verified'])
})

const converse = (...replies: unknown[]) => [{ operation: 'Converse', replies }]

test('[BD24] a whole answer by forced tool, by JSON schema and by words alike; each model is sent only what its row takes', async () => {
  const ways: [string, unknown][] = [
    [NOVA, tool(causes(CAUSE))],
    [CLAUDE, { text: JSON.stringify(causes(CAUSE)) }],
    [PROMPTED, { text: `\`\`\`json\n${JSON.stringify(causes(CAUSE))}\n\`\`\`` }],
  ]
  for (const [model, block] of ways) {
    const { fake, drivers } = await world(
      converse(answer([{ reasoningContent: { reasoningText: { text: 'hm' } } }, block])),
      {
        IC_MODEL_ANALYSIS: model,
      },
    )
    const said = await drivers.model.analyse(MATERIAL)
    expect(said).toMatchObject({ ok: true, value: { causes: [CAUSE] }, degraded: null, leftOut: 0, tried: [] })
    expect(said.provenance).toMatchObject({
      driver: 'aws',
      operation: 'analyse',
      model,
      attempts: 1,
      outcome: 'answered',
    })
    const input = fake.calls()[0]?.input as Record<string, unknown>
    expect({ tool: 'toolConfig' in input, schema: 'outputConfig' in input }).toEqual({
      tool: model === NOVA,
      schema: model === CLAUDE,
    })
    expect(JSON.stringify(input['inferenceConfig']).includes('temperature')).toBe(model === NOVA)
    expect(input['requestMetadata']).toEqual({ incident: 'inc_abcdef', agent: 'diagnosis', task: 'analyse' })
  }
})

test('[BD24] every model of the table is asked in a form that the published model allows', async () => {
  for (const { id, structured, temperature } of MODELS.filter(({ outputTokensMax }) => outputTokensMax > 0)) {
    const block = structured === 'forced-tool' ? tool(causes(CAUSE)) : { text: JSON.stringify(causes(CAUSE)) }
    const { fake, drivers } = await world(converse(answer([block])), { IC_MODEL_ANALYSIS: id })
    expect([id, (await drivers.model.analyse(MATERIAL)).ok]).toEqual([id, true])
    const input = JSON.stringify(fake.calls()[0]?.input)
    expect([id, input.includes('"temperature"')]).toEqual([id, temperature])
    expect([id, input.includes('"toolConfig"')]).toEqual([id, structured === 'forced-tool'])
    expect([id, input.includes('"outputConfig"')]).toEqual([id, structured === 'json-schema'])
  }
})

const wrong: [string, string, unknown[], Record<string, unknown>, ModelReason][] = [
  ['a tool that is not listed', NOVA, [tool({ command: 'rm -rf' }, 'shell')], {}, 'unlisted-tool'],
  ['the tool and another one', NOVA, [tool(causes(CAUSE)), tool({}, 'shell')], {}, 'unlisted-tool'],
  ['a tool where none is listed', CLAUDE, [tool(causes(CAUSE))], {}, 'unlisted-tool'],
  ['words in place of the tool', NOVA, [{ text: 'The pool.' }], {}, 'no-tool-call'],
  ['nothing', NOVA, [], {}, 'no-tool-call'],
  ['a page', NOVA, [{ text: '<!doctype html><html>' }], {}, 'html'],
  ['a page', CLAUDE, [{ text: ' <html><body>502</body></html>' }], {}, 'html'],
  ['garbage', CLAUDE, [{ text: '{"causes": [{"kind"' }], {}, 'not-json'],
  ['words around the JSON', CLAUDE, [{ text: `Sure! ${JSON.stringify(causes(CAUSE))}` }], {}, 'not-json'],
  ['a list', NOVA, [tool([CAUSE])], {}, 'wrong-shape'],
  ['another kind', NOVA, [tool(causes({ ...CAUSE, kind: 'aliens' }))], {}, 'wrong-shape'],
  ['a member missing', CLAUDE, [{ text: JSON.stringify(causes({ ...CAUSE, says: undefined })) }], {}, 'wrong-shape'],
  ['a novel', NOVA, [tool(causes({ ...CAUSE, says: 'x'.repeat(401) }))], {}, 'wrong-shape'],
  ['an end by length', NOVA, [tool(causes(CAUSE))], { stopReason: 'max_tokens' }, 'cut-off'],
  ['a guardrail', NOVA, [{ text: 'Blocked.' }], { stopReason: 'guardrail_intervened' }, 'guardrail-blocked'],
  [
    'a filter',
    CLAUDE,
    [{ text: JSON.stringify(causes(CAUSE)) }],
    { stopReason: 'content_filtered' },
    'guardrail-blocked',
  ],
  ['a malformed call', NOVA, [tool(causes(CAUSE))], { stopReason: 'malformed_tool_use' }, 'wrong-shape'],
]

test.each(wrong)(
  '[BD25] %s from %s gives a reason, no value and no word of it',
  async (_, model, blocks, more, reason) => {
    const { drivers } = await world(converse(answer(blocks, more)), { IC_MODEL_ANALYSIS: model })
    const said = await drivers.model.analyse(MATERIAL)
    expect(said).toMatchObject({ ok: false, reason, provenance: { outcome: reason, attempts: 1 } })
    expect(said.provenance.cost.usd).toBeGreaterThan(0)
    expect(JSON.stringify(said)).not.toMatch(/rm -rf|aliens|Blocked\.|xxx|502/)
  },
)

test('[BD25] a page in place of the service is not understood', async () => {
  const raw = { status: 200, contentType: 'text/html', body: '<html>login</html>' }
  const { drivers } = await world(converse({ raw }))
  expect(await drivers.model.analyse(MATERIAL)).toMatchObject({ ok: false, reason: 'not-understood' })
})

test('[BD26] a model that is asked in words gets one chance to mend its answer, the others none', async () => {
  const good = answer([{ text: JSON.stringify(causes(CAUSE)) }])
  const bad = answer([{ text: 'I think it is the pool' }])
  const mended = await world(converse(bad, good), { IC_MODEL_ANALYSIS: PROMPTED })
  expect(await mended.drivers.model.analyse(MATERIAL)).toMatchObject({
    ok: true,
    value: { causes: [CAUSE] },
    tried: [{ outcome: 'not-json', model: PROMPTED }],
  })
  const [, second] = mended.fake.calls()
  expect(JSON.stringify(second?.input)).toMatch(/That cannot be read: it is no JSON/)
  const twice = await world(converse(bad), { IC_MODEL_ANALYSIS: PROMPTED })
  expect(await twice.drivers.model.analyse(MATERIAL)).toMatchObject({ ok: false, reason: 'not-json' })
  expect(twice.fake.calls()).toHaveLength(2)
  const native = await world(converse(bad, good), { IC_MODEL_ANALYSIS: CLAUDE })
  expect(await native.drivers.model.analyse(MATERIAL)).toMatchObject({ ok: false, reason: 'not-json' })
  expect(native.fake.calls()).toHaveLength(1)
})

test('[BD27] what cites nothing, something unknown, a name or a figure that nobody gave is dropped and counted', async () => {
  const said = causes(
    CAUSE,
    { ...CAUSE, cites: ['E-09'] },
    { ...CAUSE, cites: [] },
    { ...CAUSE, service: 'payments' },
    { ...CAUSE, says: 'The pool is 97 percent full.' },
    { ...CAUSE, says: 'It waits 5000 ms.' },
    { ...CAUSE, cites: ['E-03'], says: 'It waits 5,000 ms.', kind: 'saturation' },
  )
  const { drivers } = await world(converse(answer([tool({ ...said, confidence: 0.99 })])))
  const heard = await drivers.model.analyse(MATERIAL)
  expect(heard).toMatchObject({
    ok: true,
    dropped: { 'unknown-evidence': 2, 'unknown-name': 1, 'unknown-number': 2 },
  })
  expect(heard.ok && heard.value).toEqual(
    causes(CAUSE, { ...CAUSE, cites: ['E-03'], says: 'It waits 5,000 ms.', kind: 'saturation' }),
  )
})

test('[BD27] where nothing is left nothing was said; an empty list is an answer', async () => {
  const unknown = { ...CAUSE, cites: ['E-77'] }
  const { drivers } = await world(converse(answer([tool(causes(unknown))]), answer([tool(causes())])))
  expect(await drivers.model.analyse(MATERIAL)).toMatchObject({ ok: false, reason: 'unsupported' })
  expect(await drivers.model.analyse(MATERIAL)).toMatchObject({ ok: true, value: { causes: [] } })
})

test('[BD23] each task goes to its model by the table, a critical analysis to the strongest, and settings name others', async () => {
  const claim = { cites: ['E-02'], says: 'The limit was changed.' }
  const block = (task: string) =>
    ({
      classify: tool({ kind: 'configuration', severity: 'error', because: [claim] }),
      'match-patterns': tool({
        matches: [
          { pattern: 'p-1', ...claim },
          { pattern: 'p-9', ...claim },
        ],
      }),
      write: tool({ sentences: [claim] }),
      analyse: tool(causes(CAUSE)),
    })[task]
  const rules = ['classify', 'match-patterns', 'write', 'analyse'].map((task) => ({
    operation: 'Converse',
    when: { requestMetadata: { task } },
    replies: [
      task === 'analyse' ? answer([block(task), { text: JSON.stringify(causes(CAUSE)) }]) : answer([block(task)]),
    ],
  }))
  const { fake, drivers } = await world(rules, { IC_MODEL_WORDING: 'us.amazon.nova-pro-v1:0' })
  const { model } = drivers
  expect(await model.classify(MATERIAL)).toMatchObject({ ok: true, value: { kind: 'configuration', because: [claim] } })
  const patterns = [{ id: 'p-1', title: 'pool limit lowered' }]
  expect(await model.matchPatterns({ ...MATERIAL, patterns })).toMatchObject({
    value: { matches: [{ pattern: 'p-1', ...claim }] },
    dropped: { 'unknown-name': 1 },
  })
  expect(await model.write({ ...MATERIAL, audience: 'customers' })).toMatchObject({ value: { sentences: [claim] } })
  await model.analyse(MATERIAL)
  await model.analyse({ ...MATERIAL, critical: true })
  expect(fake.calls().map(({ input }) => input['modelId'])).toEqual([
    'us.amazon.nova-micro-v1:0',
    'us.amazon.nova-pro-v1:0',
    'us.amazon.nova-pro-v1:0',
    NOVA,
    CLAUDE,
  ])
})
