import * as z from 'zod/mini'
import { commandBody } from '../routes/commands.ts'
import { declareBody, eventsQuery, listQuery } from '../routes/incidents.ts'
import { cursor, drillFlag, limit } from '../routes/params.ts'
import { roomQuery } from '../routes/sockets.ts'
import { IMPORT_REFUSALS, ROOM_REFUSALS } from './codes.ts'
import { chapter, type Operation } from './operation.ts'
import * as shape from './shapes.ts'

const row = chapter('Incidents')
const EXPORTS = ['application/json', 'text/markdown', 'text/csv']

/** Incidents, their rooms, and what became of them. */
export const INCIDENTS: readonly Operation[] = [
  row('GET /api/v1/incidents', 'viewer', 'Incidents that are not over', {
    query: listQuery,
    answers: { 200: { says: 'Newest first.', schema: shape.list(shape.incidentRow) } },
  }),
  row('POST /api/v1/incidents', 'commander', 'Declare an incident', {
    body: { schema: declareBody },
    answers: { 201: { says: 'Declared; `Location` says where it is.', schema: shape.made } },
  }),
  row('GET /api/v1/incidents/:id', 'viewer', 'An incident in full', {
    query: z.strictObject({}),
    answers: {
      200: {
        says: 'With alerts, evidence, findings and proposals; its ETag is its seq.',
        schema: shape.incidentDetail,
      },
      304: { says: '`If-None-Match` names this seq: nothing has happened.' },
    },
  }),
  row('GET /api/v1/incidents/:id/events', 'viewer', 'The log of an incident', {
    query: eventsQuery,
    answers: {
      200: {
        says: 'Events after that seq, in order; as `text/event-stream` the room as it lives, resumed by `Last-Event-ID`.',
        schema: shape.events,
        types: ['application/json', 'text/event-stream'],
      },
    },
    codes: ['forbidden', 'no-socket', 'no-greeting', 'room-not-joined'],
  }),
  row('GET /api/v1/incidents/:id/room', 'viewer', 'The room, live', {
    query: roomQuery,
    answers: { 101: { says: 'WebSocket.' } },
    codes: ['websocket-only', 'no-socket'],
  }),
  row('GET /api/v1/incidents/:id/export', 'viewer', 'An incident as a file', {
    query: z.strictObject({ format: z.optional(z.enum(['json', 'markdown', 'csv'])) }),
    answers: { 200: { says: 'JSON is complete and verifiable; Markdown and CSV are for people.', types: EXPORTS } },
    codes: ['not-acceptable'],
  }),
  row('POST /api/v1/incidents/:id/commands', 'viewer', "A command of the room's socket, by HTTP", {
    body: { schema: commandBody },
    answers: { 200: { says: 'Done, with the seq it left the room at.', schema: shape.commandResult } },
    codes: [...ROOM_REFUSALS, 'unknown-message'],
  }),
  row('GET /api/v1/history', 'viewer', 'Incidents that are closed', {
    query: z.strictObject({ drill: drillFlag, cursor, limit }),
    answers: { 200: { says: 'The newest closing first.', schema: shape.list(shape.historyRow) } },
  }),
  row('GET /api/v1/history/:id', 'viewer', 'A closed incident with its whole log', {
    query: z.strictObject({}),
    answers: { 200: { says: 'As it was archived.', schema: shape.archived } },
  }),
  row('POST /api/v1/imports', 'admin', 'Take an exported incident into history', {
    body: { says: 'An exported JSON file.', types: ['application/json'] },
    answers: {
      200: { says: 'It is here already.', schema: shape.imported },
      201: { says: 'Its chain holds and it is kept.', schema: shape.imported },
    },
    codes: ['invalid-body', 'body-too-large', 'unknown-encoding', ...IMPORT_REFUSALS],
  }),
]
