import type { Instant, SourceSeverity } from '../../../durable/protocol/domain.ts'
import { type ParsedAlert, alertOf, withoutIgnored } from '../alert.ts'
import { textMap } from '../labels.ts'
import type { Origin } from '../origin.ts'
import { anyInstantOf, notAhead } from '../time.ts'

/** An alert of any JSON, once it is known which member says what. */
export interface GenericAlert {
  fingerprint: string
  status: 'firing' | 'resolved'
  title: string
  service: string | null
  severity: { severity: SourceSeverity; severityInferred: boolean }
  /** in any form that senders use; what is no time is as good as absent. */
  startsAt: unknown
  endsAt: unknown
  summary: string | null
  link: unknown
  group: string | null
  labels: unknown
}

/**
 * The alert as the directory takes it. A resolve that says no end ended when its start says, else at `saidAt`: the time
 * of the message where that is known, so that the same message read twice says the same.
 */
export function genericAlert(said: GenericAlert, origin: Origin, saidAt: Instant = origin.receivedAt): ParsedAlert {
  const { receivedAt, source } = origin
  const labels = textMap(said.labels)
  const starts = anyInstantOf(said.startsAt)
  const resolved = said.status === 'resolved'
  const ended = resolved ? notAhead(anyInstantOf(said.endsAt) ?? saidAt, receivedAt) : null
  return alertOf({
    source,
    labels: withoutIgnored(labels?.map ?? {}, origin.ignoreLabels),
    annotations: said.summary === null ? {} : { summary: said.summary },
    leftOut: labels?.leftOut ?? 1,
    generatorUrl: null,
    fingerprint: said.fingerprint,
    status: said.status,
    startsAt: notAhead(starts ?? ended ?? saidAt, receivedAt),
    endsAt: ended,
    validUntil: null,
    groupKey: said.group,
    title: said.title,
    service: said.service,
    severity: said.severity,
    links: [['source', said.link]],
  })
}
