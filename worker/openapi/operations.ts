import { ACCESS } from './access.ts'
import { CONTROLS } from './controls.ts'
import { DRILLS } from './drills.ts'
import { HEALTH } from './health.ts'
import { INCIDENTS } from './incidents.ts'
import { INGEST } from './ingest.ts'
import { INSTANCE } from './instance.ts'
import { LIFECYCLE } from './lifecycle.ts'
import type { Operation } from './operation.ts'

/** The contract: one row for each route of the map (`test/worker/openapi.test.ts` holds the two against one another). */
export const OPERATIONS: readonly Operation[] = [
  ...INCIDENTS,
  ...LIFECYCLE,
  ...INSTANCE,
  ...CONTROLS,
  ...INGEST,
  ...ACCESS,
  ...DRILLS,
  ...HEALTH,
]

const SAFE = ['GET', 'OPTIONS']
const CHANGES_BY_KEY = [
  'invalid-idempotency-key',
  'idempotency-running',
  'idempotency-mismatch',
  'answer-not-kept',
  'ledger-unavailable',
  'too-many-keys',
]

/** Every code that an address may answer: its own, and what follows from who may come and what is sent. */
export function codesOf({ method, path, who, query, body, codes }: Operation): string[] {
  const isPersons = who !== 'anyone' && who !== 'sender' && who !== 'init'
  return [
    ...new Set([
      ...codes,
      ...(body?.schema ? ['invalid-body', 'body-too-large', 'unknown-encoding'] : []),
      ...(query ? ['invalid-query'] : []),
      ...(path.includes(':') && who !== 'sender' ? ['not-found'] : []),
      ...(who === 'anyone' ? [] : ['unauthenticated', 'object-unavailable']),
      ...(who === 'sender' ? ['token-not-allowed', 'registry-unavailable'] : []),
      ...(isPersons
        ? ['no-role', 'token-not-allowed', 'rate-limited', 'registry-unavailable', 'identity-provider-unavailable']
        : []),
      ...(isPersons && who !== 'viewer' ? ['role-too-low'] : []),
      ...(isPersons && !SAFE.includes(method) ? CHANGES_BY_KEY : []),
      // The gate, before anything is asked.
      ...(path === '/livez' ? [] : ['host-not-local', 'origin-not-same', 'origin-not-allowed', 'auth-not-configured']),
      'unexpected',
    ]),
  ]
}
