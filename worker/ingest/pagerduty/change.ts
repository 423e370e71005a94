import type { ParsedChange } from '../changes/parse.ts'
import { identityOfParts } from '../fingerprint.ts'
import { cutText } from '../labels.ts'
import type { Origin } from '../origin.ts'
import { isRecord } from '../record.ts'
import { firstText, textIn } from '../text.ts'
import { anyInstantOf, notAhead } from '../time.ts'

const TITLE_CHARS_MAX = 300
const DESCRIPTION_CHARS_MAX = 4_000

export type PagerDutyChange = { ok: true; change: ParsedChange } | { ok: false; errors: string[] }

/** A change event: a deploy unless its details say `kind`, of the service that its details name, else of its source. */
export function parseChangeEvent(body: unknown, origin: Origin): PagerDutyChange {
  const payload = isRecord(body) ? body['payload'] : null
  if (!isRecord(body) || !isRecord(payload)) return { ok: false, errors: ["'payload' is missing"] }
  const title = firstText(payload, ['summary'])
  if (title === null) return { ok: false, errors: ["'payload.summary' is missing or blank"] }
  const details = isRecord(payload['custom_details']) ? payload['custom_details'] : {}
  const kind = textIn(details['kind'])
  const description = descriptionOf(details)
  const source = firstText(payload, ['source'])
  return {
    ok: true,
    change: {
      id: identityOfParts([title, source, textIn(payload['timestamp']), description]),
      kind: kind === 'flag' || kind === 'config' ? kind : 'deploy',
      service: cutText(firstText(details, ['service', 'component']) ?? source ?? origin.source),
      at: notAhead(anyInstantOf(payload['timestamp']) ?? origin.receivedAt, origin.receivedAt),
      title: title.slice(0, TITLE_CHARS_MAX).toWellFormed(),
      description,
      setting: null,
    },
  }
}

function descriptionOf(details: Record<string, unknown>): string {
  const lines = Object.entries(details).map(([name, value]) => `${name}: ${textIn(value) ?? '(nested)'}`)
  return lines.join('\n').slice(0, DESCRIPTION_CHARS_MAX).toWellFormed()
}
