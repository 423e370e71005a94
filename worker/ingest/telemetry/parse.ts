import * as z from 'zod/mini'
import type { TelemetrySeries } from '../../../durable/protocol/objects.ts'

/** Series in one POST, and samples over all of them: what 5 MB of JSON can carry. */
const SERIES_PER_POST_MAX = 5_000
const SAMPLES_PER_POST_MAX = 250_000
/** Each service is one object and one call; a sender that watches more splits its posts. */
const SERVICES_PER_POST_MAX = 100
const NAME_CHARS_MAX = 200
const UNIT_CHARS_MAX = 40

const name = z.string().check(z.trim(), z.minLength(1), z.maxLength(NAME_CHARS_MAX))

/** [epoch ms, value], both finite. Hand-written: a schema per sample is most of the cost of a large post. */
const samples = z.custom<[number, number][]>(isSamples)

export const telemetrySchema = z.object({
  series: z
    .array(
      z.object({
        service: name,
        name,
        peer: z.nullish(name),
        role: z.optional(z.enum(['rate', 'errors', 'latency', 'saturation', 'other'])),
        unit: z.optional(z.string().check(z.maxLength(UNIT_CHARS_MAX))),
        limit: z.nullish(z.number()),
        breach: z.optional(z.enum(['above', 'below'])),
        samples,
      }),
    )
    .check(
      z.minLength(1),
      z.maxLength(SERIES_PER_POST_MAX),
      z.refine((series) => total(series) <= SAMPLES_PER_POST_MAX, `more than ${SAMPLES_PER_POST_MAX} samples`),
      z.refine(
        (series) => new Set(series.map((one) => one.service)).size <= SERVICES_PER_POST_MAX,
        `more than ${SERVICES_PER_POST_MAX} services`,
      ),
    ),
})

/** The post's series by service, in order of appearance, defaults filled in. */
export function seriesByService(body: z.output<typeof telemetrySchema>): Map<string, TelemetrySeries[]> {
  const services = new Map<string, TelemetrySeries[]>()
  for (const sent of body.series) {
    const service = sent.service.toWellFormed()
    const series: TelemetrySeries = {
      service,
      name: sent.name.toWellFormed(),
      peer: sent.peer?.toWellFormed() ?? null,
      role: sent.role ?? 'other',
      unit: sent.unit?.toWellFormed() ?? '',
      limit: sent.limit ?? null,
      breach: sent.breach ?? 'above',
      samples: sent.samples,
    }
    const known = services.get(service)
    if (known) known.push(series)
    else services.set(service, [series])
  }
  return services
}

function total(series: readonly { samples: readonly unknown[] }[]): number {
  return series.reduce((sum, one) => sum + one.samples.length, 0)
}

function isSamples(value: unknown): value is [number, number][] {
  return Array.isArray(value) && value.every(isSample)
}

function isSample(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [at, reading]: unknown[] = value
  return Number.isSafeInteger(at) && (at as number) > 0 && typeof reading === 'number' && Number.isFinite(reading)
}
