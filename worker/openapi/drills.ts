import * as z from 'zod/mini'
import { startBody } from '../routes/drills.ts'
import { cursor } from '../routes/params.ts'
import { chapter, type Operation } from './operation.ts'
import * as shape from './shapes.ts'

const row = chapter('Drills')

/** Exercises on simulated input. */
export const DRILLS: readonly Operation[] = [
  row('GET /api/v1/scenarios', 'viewer', 'What can be drilled', {
    answers: { 200: { says: 'Stories and their variants.', schema: shape.list(shape.scenarioRow) } },
  }),
  row('GET /api/v1/drills', 'viewer', 'All drills', {
    query: z.strictObject({ cursor }),
    answers: { 200: { says: 'Newest first.', schema: shape.list(shape.drillRow) } },
  }),
  row('POST /api/v1/drills', 'commander', 'Start a drill', {
    body: { schema: startBody },
    answers: { 201: { says: 'It runs; `Location` says where it is.', schema: shape.drillRow } },
    codes: ['no-such-scenario', 'no-such-variant'],
  }),
  row('GET /api/v1/drills/:id', 'viewer', 'A drill', {
    answers: { 200: { says: 'As it stands.', schema: shape.drillRow } },
  }),
  row('POST /api/v1/drills/:id/stop', 'commander', 'Stop a drill', {
    answers: { 200: { says: 'As it now stands.', schema: shape.drillRow } },
  }),
]
