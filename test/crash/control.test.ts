import { expect, test } from 'vitest'
import { crashRounds } from './rounds.ts'

test('[GR13] the same lab sees the losses of an object that acknowledges before it stores', async () => {
  const control = await crashRounds('test/crash/control.js', 4, 24)
  const stored = new Set((await (await fetch(control.server.url)).json()) as string[])
  const lost = [...control.acknowledged].filter((fingerprint) => !stored.has(fingerprint))
  console.log(`control: ${control.acknowledged.size} acknowledged, ${lost.length} lost`)
  expect(lost.length).toBeGreaterThan(0)
  await control.end()
})
