import type { CauseKind, SourceSeverity } from '../../../durable/protocol/domain.ts'
import type { Audience, ModelTask } from '../../../durable/protocol/models.ts'
import { type ObjectShape, object } from './shape.ts'

/** What each task asks in words, the form of its answer, and how long both may take. */
export interface Task {
  /** the operation's name in records. */
  name: ModelTask
  asks: string
  shape: ObjectShape
  /** one and a half times what such an answer takes: Bedrock sets all of it aside from the quota when the request starts. */
  outputTokens: number
  /** wall time for everything, ms; below the 10 s that a room gives an agent. */
  deadlineMs: number
}

const KINDS: readonly CauseKind[] = [
  'saturation',
  'memory',
  'configuration',
  'deployment',
  'dependency',
  'capacity',
  'crash',
  'unknown',
]
const SEVERITIES: readonly SourceSeverity[] = ['critical', 'error', 'warning', 'info']

/** Longest sentence that is taken, in UTF-16 units, and how many of what. */
const SAYS_CHARS_MAX = 400
const CITES_MAX = 12
const CLAIMS_MAX = 8

const cites = {
  type: 'array',
  items: { type: 'string', maxLength: 64 },
  maxItems: CITES_MAX,
  description: 'Ids of the exhibits that the sentence stands on. At least one.',
} as const
const says = {
  type: 'string',
  maxLength: SAYS_CHARS_MAX,
  description: 'One plain sentence. Only figures that stand in the cited exhibits.',
} as const
const kind = { type: 'string', enum: KINDS } as const
const claims = { type: 'array', items: object({ cites, says }), maxItems: CLAIMS_MAX } as const

export const CLASSIFY: Task = {
  name: 'classify',
  asks: 'Say what kind of cause this looks like and how severe it is, and why.',
  shape: object({ kind, severity: { type: 'string', enum: SEVERITIES }, because: claims }),
  outputTokens: 400,
  deadlineMs: 3000,
}

export const ANALYSE: Task = {
  name: 'analyse',
  asks: 'Name the causes that the exhibits support, the best supported first, each with its service. None is an answer too.',
  shape: object({
    causes: {
      type: 'array',
      items: object({ kind, service: { type: 'string', maxLength: 128 }, cites, says }),
      maxItems: CLAIMS_MAX,
    },
  }),
  outputTokens: 1500,
  deadlineMs: 8000,
}

/** The patterns are listed in the question. */
export function matchPatterns(patterns: readonly { id: string; title: string }[]): Task {
  const list = patterns.map(({ id, title }) => `- ${id}: ${title.replaceAll(/\s+/g, ' ')}`).join('\n')
  return {
    name: 'match-patterns',
    asks: `Say which of these known patterns the exhibits show. None is an answer too.\n${list}`,
    shape: object({
      matches: {
        type: 'array',
        items: object({ pattern: { type: 'string', maxLength: 128 }, cites, says }),
        maxItems: CLAIMS_MAX,
      },
    }),
    outputTokens: 700,
    deadlineMs: 5000,
  }
}

const READERS: Readonly<Record<Audience, string>> = {
  responders: 'the engineers who work on it: technical, exact, in the order of what matters now',
  executives: 'executives: who is affected, since when, what is being done; no jargon',
  customers: 'customers on a status page: what does not work for them, calm, no internal names and no blame',
}

export function writeFor(audience: Audience): Task {
  return {
    name: 'write',
    asks: `Write a short update for ${READERS[audience]}. Each sentence cites what it stands on.`,
    shape: object({ sentences: claims }),
    outputTokens: 900,
    deadlineMs: 8000,
  }
}
