import type { BridgeParts } from '../../../bridge/bridge.ts'

/** A bridge's parts with no endpoint and nobody to tell. */
export function parts(): BridgeParts {
  return {
    fetch: () => Promise.reject(new Error('nobody is told here')),
    way: () => ({ ok: false, reason: 'address-not-allowed' }),
    archiveStore: { put: () => Promise.resolve({ reference: 'kept' }) },
    endpoints: [],
    secretNamed: () => Promise.resolve(null),
    tokenNamed: () => Promise.resolve(null),
    sink: null,
    loopback: false,
    actionSecret: null,
  }
}
