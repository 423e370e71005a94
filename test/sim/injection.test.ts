import { expect, test } from 'vitest'
import { csvCell } from '../../durable/core/export/csv.ts'
import { escaped } from '../../durable/core/export/markdown.ts'
import { plainLine } from '../../durable/core/export/text.ts'
import { HARMLESS, TEXTS } from '../injection/texts.ts'
import { eventsOf } from './disk.ts'
import { outline, spoken } from './injection.ts'

const PATIENCE_MS = 300_000

test(
  '[SE80] none of 200 injected texts moves a cause, a proposal, a vote or a call',
  () => {
    expect(new Set(TEXTS).size).toBe(200)
    const harmless = outline(spoken(HARMLESS))
    expect(harmless).toContain('raise-pool-limit')
    const moved = TEXTS.filter((text) => {
      const world = spoken(text)
      const held = JSON.stringify(eventsOf(world.shell.disk))
      // A text that never arrived proves nothing.
      expect(held.split(JSON.stringify(text).slice(1, -1)).length).toBeGreaterThan(8)
      return outline(world) !== harmless
    })
    expect(moved).toEqual([])
  },
  PATIENCE_MS,
)

test('[SE80] were it the name of what is measured, it would be seen to move something', () => {
  expect(outline(spoken(HARMLESS, true))).not.toBe(outline(spoken(HARMLESS)))
})

test('[SE81] as a cell no text begins a formula, on a terminal none has controls, in Markdown none marks up', () => {
  for (const text of TEXTS) {
    const cell = csvCell(text)
    expect(cell).toMatch(/^"(?![=+\-@\t\r|%＝＋－＠])[^\r\n]*"$/)
    expect(plainLine(text)).not.toMatch(
      /[\p{Cc}\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u,
    )
    const marked = escaped(text)
    expect(marked).not.toMatch(/(?<!\\)[<[\]`*_#|~$]/)
    expect(marked).not.toMatch(/(?<!\\):\/\//)
  }
})
