import * as z from 'zod/mini'
import { auditQuery } from '../routes/audit.ts'
import { cursor, drillFlag, limit } from '../routes/params.ts'
import { secretBody } from '../routes/secrets.ts'
import { tokenBody, tokenName } from '../routes/tokens.ts'
import { chapter, type Operation } from './operation.ts'
import * as shape from './shapes.ts'

const row = chapter('Access')

/** Who may come in, and what was done. */
export const ACCESS: readonly Operation[] = [
  row('GET /api/v1/me', 'viewer', 'Who the token is', { answers: { 200: { says: 'You.', schema: shape.me } } }),
  row('POST /api/v1/init', 'init', 'Make the first admin token of a fresh deployment', {
    body: { schema: z.strictObject({ name: tokenName }) },
    answers: { 201: { says: 'Made; the token is shown this once.', schema: shape.tokenMade } },
    codes: ['already-initialised', 'token-not-allowed', 'registry-unavailable'],
  }),
  row('POST /api/v1/tickets', 'viewer', 'A ticket that opens one socket, once', {
    answers: { 201: { says: 'Made; good for half a minute.', schema: shape.ticket } },
    codes: ['too-many-tickets'],
  }),
  row('GET /api/v1/tokens', 'admin', 'Tokens', {
    query: z.strictObject({ cursor, limit }),
    answers: { 200: { says: 'Newest first, revoked ones too.', schema: shape.list(shape.tokenRow) } },
  }),
  row('POST /api/v1/tokens', 'admin', 'Make a token', {
    body: { schema: tokenBody },
    answers: { 201: { says: 'Made; the token is shown this once.', schema: shape.tokenMade } },
    codes: ['too-many-tokens'],
  }),
  row('DELETE /api/v1/tokens/:id', 'admin', 'Revoke a token', {
    answers: { 200: { says: 'Revoked now; its sockets end.', schema: shape.tokenRow } },
  }),
  row('GET /api/v1/secrets', 'admin', 'Secrets by name', {
    answers: { 200: { says: 'Names, ages and last uses; never a value.', schema: shape.secrets } },
  }),
  row('PUT /api/v1/secrets/:name', 'admin', 'Set a secret', {
    body: { schema: secretBody },
    answers: { 200: { says: 'Sealed; it is never answered.', schema: shape.secretRow } },
    codes: ['too-many-secrets', 'master-key-missing', 'master-key-invalid'],
  }),
  row('DELETE /api/v1/secrets/:name', 'admin', 'Delete a secret', { answers: { 204: { says: 'Gone.' } } }),
  row('GET /api/v1/audit', 'admin', 'The audit log', {
    query: auditQuery,
    answers: { 200: { says: 'Oldest first, with head and anchor of the chain.', schema: shape.auditPage } },
  }),
  row('GET /api/v1/audit/verify', 'admin', 'Walk the audit chain', {
    query: z.strictObject({}),
    answers: { 200: { says: 'Whether it holds, or where it breaks.', schema: shape.auditVerdict } },
  }),
  row('GET /api/v1/lobby', 'viewer', 'The list of incidents, live', {
    query: z.strictObject({ drill: drillFlag, ticket: z.optional(z.string()) }),
    answers: { 101: { says: 'WebSocket.' } },
    codes: ['websocket-only', 'no-socket'],
  }),
]
