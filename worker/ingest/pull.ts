import { WorkerEntrypoint } from 'cloudflare:workers'
import type { ReadPull } from '../../durable/protocol/keeper.ts'
import { parseAlertmanager } from './alertmanager/parse.ts'
import { isRecord } from './record.ts'

/**
 * Reads what an Alertmanager answers on `GET /api/v2/alerts`, for the keeper: each alert is turned into the form of its
 * webhook and read by that parser, so that an alert is the same one whichever way it came.
 */
export class PullReader extends WorkerEntrypoint {
  read(text: string, source: string, ignoreLabels: readonly string[]): ReadPull {
    return readPull(text, source, ignoreLabels, Date.now())
  }
}

export function readPull(text: string, source: string, ignoreLabels: readonly string[], now: number): ReadPull {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, reason: 'not-json' }
  }
  if (!Array.isArray(value)) return { ok: false, reason: 'not-a-list' }
  const items = (value as unknown[]).filter(isRecord)
  const read = (state: 'active' | 'held-back') => {
    const alerts = items.filter((item) => (stateOf(item) === 'active') === (state === 'active')).map(asWebhook)
    return parseAlertmanager({ version: '4', alerts }, source, now, ignoreLabels).alerts
  }
  return { ok: true, active: read('active'), heldBack: read('held-back').map(({ fingerprint }) => fingerprint) }
}

function asWebhook(item: Record<string, unknown>): Record<string, unknown> {
  return { ...item, status: 'firing' }
}

function stateOf({ status }: Record<string, unknown>): unknown {
  return isRecord(status) ? status['state'] : 'active'
}
