import * as z from 'zod/mini'
import { canonical } from '../../../durable/protocol/canonical.ts'
import type { Change, Instant } from '../../../durable/protocol/domain.ts'
import { sha256 } from '../alert.ts'
import { instantOf, notAhead } from '../time.ts'

/** Changes in one POST: a day's deploys of a large shop. */
const CHANGES_PER_POST_MAX = 1_000
const TITLE_CHARS_MAX = 300
const DESCRIPTION_CHARS_MAX = 4_000
const NAME_CHARS_MAX = 200

const name = z.string().check(z.trim(), z.minLength(1), z.maxLength(NAME_CHARS_MAX))
const value = z.nullable(z.union([z.number(), z.string().check(z.maxLength(NAME_CHARS_MAX))]))

/** Epoch ms or RFC 3339. */
const when = z.union([
  z.int().check(z.positive()),
  z.string().check(z.refine((text) => instantOf(text) !== null, 'no RFC 3339 time')),
])

/** What a delivery pipeline posts. An `id` makes a repeat harmless; without one the content is its id. */
export const changesSchema = z.object({
  changes: z
    .array(
      z.object({
        id: z.optional(name),
        kind: z.enum(['deploy', 'flag', 'config']),
        service: name,
        at: z.optional(when),
        title: z.string().check(z.trim(), z.minLength(1), z.maxLength(TITLE_CHARS_MAX)),
        description: z.optional(z.string().check(z.maxLength(DESCRIPTION_CHARS_MAX))),
        setting: z.nullish(z.object({ name, from: z.optional(value), to: z.optional(value) })),
      }),
    )
    .check(z.minLength(1), z.maxLength(CHANGES_PER_POST_MAX)),
})

export type ParsedChange = Omit<Change, 'catalogued' | 'source'>

/** The changes as the directory keeps them; a time ahead of the receipt by more than five minutes is the receipt's. */
export function changesOf(body: z.output<typeof changesSchema>, receivedAt: Instant): ParsedChange[] {
  return body.changes.map((sent) => {
    const at = typeof sent.at === 'string' ? instantOf(sent.at) : (sent.at ?? null)
    const change = {
      kind: sent.kind,
      service: sent.service.toWellFormed(),
      at: notAhead(at ?? receivedAt, receivedAt),
      title: sent.title.toWellFormed(),
      description: (sent.description ?? '').toWellFormed(),
      setting: sent.setting
        ? { name: sent.setting.name, from: sent.setting.from ?? null, to: sent.setting.to ?? null }
        : null,
    }
    return { id: sent.id?.toWellFormed() ?? `sha256:${sha256(canonical(sent))}`, ...change }
  })
}
