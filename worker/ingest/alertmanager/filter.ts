import type { Matcher } from '../../../durable/protocol/noise.ts'

const MATCHER = /^\s*([A-Za-z_:][\w.:-]{0,127})\s*(=~|!~|!=|=)\s*(.{0,1000}?)\s*$/

/** One matcher as Alertmanager writes it, `alertname=~"High.*"`, quoted or not; null for what is none. */
export function matcherOf(text: string): Matcher | null {
  const match = MATCHER.exec(text)
  if (!match) return null
  const [, name = '', op = '', said = ''] = match
  const quoted = /^"(.*)"$/s.exec(said)
  const value = quoted ? (quoted[1] ?? '').replaceAll(/\\(["\\])/g, '$1') : said
  return { name, op: op as Matcher['op'], value }
}
