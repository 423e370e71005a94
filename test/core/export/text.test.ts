import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvCell, csvHead, csvLines } from '../../../durable/core/export/csv.ts'
import { escaped, markdownHead, markdownLines } from '../../../durable/core/export/markdown.ts'
import { sentenceLine, sentenceOf } from '../../../durable/core/export/sentence.ts'
import { instant, plainLine, plainText } from '../../../durable/core/export/text.ts'
import type { EventBody, RoomEvent } from '../../../durable/protocol/events.ts'
import { emptyView, project } from '../../../durable/protocol/view.ts'
import { BODIES, logOf } from '../../protocol/events.ts'
import { fileOf } from './files.ts'

const none = () => undefined
const all = Object.values(BODIES) as EventBody[]

/** What a terminal, a spreadsheet and a Markdown reader would each like to do. */
const HOSTILE =
  '=HYPERLINK("http://evil.example","x")\u001b[31m\u001b]0;owned\u0007\u202egpj.exe\r\n<img src=x onerror=alert(1)> [a](javascript:alert(1)) @everyone www.evil.example | `x`'

const hostile = (text = HOSTILE): RoomEvent[] => {
  const { alert } = BODIES['alert-attached']
  return logOf([
    { ...BODIES['incident-opened'], head: { ...BODIES['incident-opened'].head, title: text, service: text } },
    { ...BODIES['alert-attached'], alert: { ...alert, title: text, source: text }, reason: text },
    { ...BODIES['note-added'], note: { ...BODIES['note-added'].note, text: `first\n${text}` } },
  ])
}

test('[EX7] every type of event is said in a sentence of its own words', () => {
  for (const event of logOf(all)) {
    const said = sentenceLine(sentenceOf(event, () => ({ number: 7 })))
    expect([event.body.type, said]).not.toEqual([
      event.body.type,
      expect.stringMatching(/not known here|undefined|\[object/),
    ])
    expect(said.length).toBeGreaterThan(12)
  }
})

test('[EX7] a type that this build does not know is said by its name', () => {
  const [event] = logOf([{ type: 'coffee-made' } as unknown as EventBody])
  expect(sentenceLine(sentenceOf(event as RoomEvent, none))).toBe(
    'ada said something that is not known here: coffee-made',
  )
})

test('[EX6] text comes out as one line without controls, terminal sequences, direction marks or halves of characters', () => {
  expect(plainLine('a\u001b[31mred\u001b[0m\u001b]0;title\u0007b\u0000\u0085c\u202e\u200bd\ud800')).toBe(
    'aredb cd\ufffd',
  )
  expect(plainLine('\u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\')).toBe('link')
  expect(plainText('one\r\ntwo\u2028three\u001b[2J')).toBe('one\ntwo\nthree')
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const plain = plainLine(text)
      expect(plain).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
      expect(plain.isWellFormed()).toBe(true)
      expect(plainLine(plain)).toBe(plain)
    }),
  )
})

test('[EX6] what outsiders wrote is marked as such, and what people wrote is not', () => {
  const [opened, attached, noted] = hostile().map((event) => sentenceOf(event, none))
  expect([opened?.tainted, attached?.tainted, noted?.tainted]).toEqual([true, true, false])
  expect(sentenceOf({ ...(hostile()[1] as RoomEvent) }, none).quote).not.toMatch(/[\p{Cc}\u202e]/u)
})

test('[EX4] a CSV has a line for each event and no cell that a spreadsheet runs', () => {
  const text = csvHead() + csvLines(hostile(), none)
  const lines = text.split('\r\n')
  expect(lines).toHaveLength(5)
  expect(lines[4]).toBe('')
  for (const line of lines.slice(1, 4)) {
    expect(line.match(/(?:^|,)(?:"(?:[^"]|"")*"|[^,"]*)/g)).toHaveLength(9)
    for (const cell of line.match(/"(?:[^"]|"")*"/g) ?? []) expect(cell).not.toMatch(/^"[=+\-@\t\r]/)
  }
  for (const start of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '＝1', '%0', '|calc'])
    expect(csvCell(start)).toBe(`"'${start.trim()}"`)
  expect(csvCell('say "so"')).toBe('"say ""so"""')
  expect(csvCell(-5)).toBe('-5')
})

test('[EX5] Markdown says text as text: no mark-up, link, HTML or mention of an outsider comes through', () => {
  const view = emptyView()
  for (const event of hostile()) project(view, event)
  const text = markdownHead(view, { count: 3, head: 'x' }) + markdownLines(hostile(), none)
  expect(text).not.toMatch(/(?<!\\)<img|(?<!\\)\[a(?<!\\)\]|(?<!\\)@everyone|www\.evil|http:\/\//)
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
  expect(escaped('1. *a* _b_ `c` <d> [e](f) # g | h ~i~ ![j](k) &amp; $x$')).toBe(
    '1\\. \\*a\\* \\_b\\_ \\`c\\` \\<d\\> \\[e\\](f) \\# g \\| h \\~i\\~ \\!\\[j\\](k) \\&amp; \\$x\\$',
  )
  expect(escaped('- item')).toBe('\\- item')
  expect(escaped('see https://evil.example and a@b.example')).toBe('see https\\://evil.example and a\\@b.example')
  expect(escaped('a\n# b')).toBe('a \\# b')
})

test('[EX5] the document tells facts, people, tasks, alerts, notes and the whole timeline', () => {
  const file = fileOf()
  const view = emptyView()
  for (const event of file.events) project(view, event)
  const text = markdownHead(view, { count: file.count, head: file.chainHead }) + markdownLines(file.events, none)
  for (const part of [
    '# HighErrors on checkout',
    '| Severity |',
    '## Actions',
    '## Notes',
    '## Timeline',
    file.chainHead,
  ])
    expect(text).toContain(part)
  expect(text.match(/^- 1970-.* \*\*/gm)).toHaveLength(file.count)
  expect(instant(Number.MAX_VALUE)).toBe('no such time')
})
