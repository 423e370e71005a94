import type { Action, Catalogue, CauseKind, Change, Instant, SourceSeverity } from '../durable/protocol/domain.ts'
import type { TelemetrySeries } from '../durable/protocol/objects.ts'

/** What a story brings of its catalogue; runbooks come from the instance. */
export type World = Pick<
  Catalogue,
  'services' | 'sources' | 'endpoints' | 'targets' | 'rotations' | 'escalation' | 'sla'
>

/**
 * A story: topology, a small discrete-time model of its services, a timeline and the truth. Never what an agent would
 * say. Times are milliseconds of scenario time since the start of the story; the stage adds the clock.
 */
export interface Scenario {
  /** the folder's name. */
  name: string
  title: string
  summary: string
  durationMs: number
  world: World
  truth: Truth
  /** the same story with other data: an endpoint that withholds its answer, a voter that must oppose, a calm hour. */
  variants: readonly StoryVariant[]
  /**
   * What the model starts from for a seed: names, onset and sizes may vary, the truth does not. Throws on a variant that
   * the story does not have; ask `hasVariant` first.
   */
  begin(seed: number, variant?: string | null): Model
}

export interface StoryVariant {
  name: string
  title: string
}

/** Whether a story can be begun with this variant; null is the story as it stands. */
export function hasVariant(scenario: Scenario, variant: string | null): boolean {
  return variant === null || scenario.variants.some((candidate) => candidate.name === variant)
}

export interface Truth {
  cause: { service: string; kind: CauseKind; signal: string | null } | null
  /** when the cause began, ms of scenario time. */
  onsetMs: number | null
  acceptable: { type: string; target: string }[]
  /** tempting and harmful. */
  unsafe: { type: string; target: string; why: string }[]
}

/** What one second of the story gives off, by source: the stage posts each with that source's token. */
export interface Emission {
  source: string
  series: TelemetrySeries[]
  alerts: ScenarioAlert[]
  changes: Omit<Change, 'catalogued' | 'source'>[]
}

/** An alert rule's state change or repeat, as an Alertmanager would send it. */
export interface ScenarioAlert {
  name: string
  status: 'firing' | 'resolved'
  severity: SourceSeverity
  service: string
  summary: string
  labels: Record<string, string>
  annotations: Record<string, string>
  startsMs: number
  endsMs: number | null
}

/** How the story's action endpoint behaves toward one request; the default does it and answers. */
export interface EndpointBehaviour {
  /** wall ms before the action takes effect, and between effect and answer. */
  delayMs: number
  answerDelayMs: number
  /** true: the action takes effect but the answer never comes. */
  withholdAnswer: boolean
}

/** Does it at once and answers. */
export const PROMPT: EndpointBehaviour = { delayMs: 0, answerDelayMs: 0, withholdAnswer: false }

export interface Model {
  /** the truth of this seed: names may differ from the story's. */
  truth: Truth
  world: World
  /** Advances one second of scenario time to `ms` and says what could be observed. Deterministic for a seed. */
  step(ms: number, startedAt: Instant): Emission[]
  /** Carries out an action now; an unknown type or target changes nothing and says so. */
  apply(action: Action): { applied: boolean; detail: string }
  endpoint: EndpointBehaviour
}
