import * as z from 'zod/mini'

const TEXT_CHARS_MAX = 1_000
const WORDS_MAX = 50

const text = z.string().check(z.minLength(1), z.maxLength(TEXT_CHARS_MAX))
const pointer = text.check(z.regex(/^\/([^~]|~[01])*$/, 'a JSON pointer: /like/this'))
const words = z.array(text).check(z.minLength(1), z.maxLength(WORDS_MAX))

/** A mapping as somebody tries it out; the catalogue checks its own by the same rules. */
export const mappingSchema = z.strictObject({
  items: z.optional(pointer),
  identity: words,
  title: text,
  status: z.optional(z.strictObject({ at: pointer, firing: z.array(text), resolved: words })),
  service: z.optional(text),
  severity: z.optional(text),
  severities: z.optional(z.record(text, z.enum(['critical', 'error', 'warning', 'info']))),
  startsAt: z.optional(pointer),
  endsAt: z.optional(pointer),
  summary: z.optional(text),
  link: z.optional(text),
  group: z.optional(text),
  labels: z.optional(z.record(text, text)),
})
