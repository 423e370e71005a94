import { createHash } from 'node:crypto'
import type { Source } from '../protocol/domain.ts'
import { randomHex } from './random.ts'

/** One ingest token for each source of a drill: source -> token. The mark of a drill comes from these alone. */
export function mintTokens(drill: string, sources: readonly Pick<Source, 'name'>[]): Record<string, string> {
  const body = drill.slice('drl_'.length)
  return Object.fromEntries(sources.map(({ name }) => [name, `ict_${body}_${name}_${randomHex()}`]))
}

/** What the drill's directory gets to know of them: SHA-256 hex -> source. */
export function hashedTokens(tokens: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tokens).map(([source, token]) => [sha256Hex(token), source]))
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
