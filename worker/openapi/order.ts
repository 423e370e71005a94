import type * as z from 'zod/mini'
import { ROOM_REFUSALS } from './codes.ts'
import { chapter, type Operation, type Who } from './operation.ts'
import { incidentRow } from './shapes.ts'

const row = chapter('Orders')

/** A person's order in a room: answered with the incident's row, refused with the room's reason word. */
export function ordered(
  path: string,
  who: Who,
  summary: string,
  schema: z.ZodMiniType,
  more: { optional?: true } = {},
): Operation {
  return row(`POST /api/v1/incidents/:id/${path}`, who, summary, {
    body: { schema, ...more },
    answers: { 200: { says: 'The incident as it now stands; its ETag is its seq.', schema: incidentRow } },
    codes: [...ROOM_REFUSALS, 'invalid-if-match'],
  })
}
