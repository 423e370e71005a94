import type { ModelTask } from '../durable/protocol/models.ts'

/**
 * The models that may be asked, by exact profile id. Newer models take no bare id: without a profile prefix Bedrock answers
 * "on-demand throughput isn't supported".
 */

export type ModelRole = 'classify' | 'wording' | 'analysis' | 'critical' | 'embed'

export interface ModelRow {
  id: string
  title: string
  /** how an answer is given a form: one forced tool, a native JSON schema, or words that ask for JSON. */
  structured: 'forced-tool' | 'json-schema' | 'prompted'
  /** temperature may be sent; newer Claude models answer it with 400. */
  temperature: boolean
  /** the longest answer it gives, tokens. */
  outputTokensMax: number
  /** the day it stops answering, YYYY-MM-DD; null: none is announced. */
  eol: string | null
  /** when that was last looked up, and where. */
  asOf: string
  source: string
}

const LIFECYCLE = 'awslabs/startups ai-model-lifecycle.md, quoting the Bedrock lifecycle page'
const CARDS = 'Bedrock model cards and user guide, tool choice and validated JSON'
const AS_OF = '2026-11-22'

const nova = (id: string, title: string, outputTokensMax: number, eol: string | null = null): ModelRow => ({
  id,
  title,
  structured: 'forced-tool',
  temperature: true,
  outputTokensMax,
  eol,
  asOf: AS_OF,
  source: eol === null ? CARDS : LIFECYCLE,
})

const claude = (
  id: string,
  title: string,
  { temperature = true, eol = null }: { temperature?: boolean; eol?: string | null } = {},
): ModelRow => ({
  id,
  title,
  structured: eol === null ? 'json-schema' : 'prompted',
  temperature,
  outputTokensMax: 8192,
  eol,
  asOf: AS_OF,
  source: eol === null ? CARDS : LIFECYCLE,
})

/** Every model that is known, those that ended too: a stored call keeps naming one. */
export const MODELS: readonly ModelRow[] = [
  nova('us.amazon.nova-micro-v1:0', 'Nova Micro', 5000),
  nova('eu.amazon.nova-micro-v1:0', 'Nova Micro (EU)', 5000),
  nova('us.amazon.nova-lite-v1:0', 'Nova Lite', 5000),
  nova('eu.amazon.nova-lite-v1:0', 'Nova Lite (EU)', 5000),
  nova('us.amazon.nova-pro-v1:0', 'Nova Pro', 5000),
  nova('eu.amazon.nova-pro-v1:0', 'Nova Pro (EU)', 5000),
  nova('global.amazon.nova-2-lite-v1:0', 'Nova 2 Lite', 8192),
  nova('us.amazon.nova-2-lite-v1:0', 'Nova 2 Lite (US)', 8192),
  nova('us.amazon.nova-premier-v1:0', 'Nova Premier', 5000, '2026-09-14'),
  claude('global.anthropic.claude-sonnet-5-5', 'Claude Sonnet 5.5', { temperature: false }),
  claude('global.anthropic.claude-sonnet-5', 'Claude Sonnet 5', { temperature: false }),
  claude('us.anthropic.claude-sonnet-5', 'Claude Sonnet 5 (US)', { temperature: false }),
  claude('us.anthropic.claude-sonnet-4-6', 'Claude Sonnet 4.6'),
  claude('us.anthropic.claude-haiku-4-5-20251001-v1:0', 'Claude Haiku 4.5'),
  claude('us.anthropic.claude-sonnet-4-20250514-v1:0', 'Claude Sonnet 4', { eol: '2026-10-14' }),
  claude('us.anthropic.claude-3-haiku-20240307-v1:0', 'Claude 3 Haiku', { eol: '2026-09-10' }),
  claude('us.anthropic.claude-3-5-sonnet-20241022-v2:0', 'Claude 3.5 Sonnet', { eol: '2026-07-30' }),
  {
    id: 'amazon.titan-embed-text-v2:0',
    title: 'Titan Text Embeddings V2',
    structured: 'prompted',
    temperature: false,
    outputTokensMax: 0,
    eol: null,
    asOf: AS_OF,
    source: CARDS,
  },
]

/** Which model has which role where the configuration names no other. */
export const DEFAULTS: Readonly<Record<ModelRole, string>> = {
  classify: 'us.amazon.nova-micro-v1:0',
  wording: 'us.amazon.nova-lite-v1:0',
  analysis: 'global.amazon.nova-2-lite-v1:0',
  critical: 'global.anthropic.claude-sonnet-5-5',
  embed: 'amazon.titan-embed-text-v2:0',
}

/** Which role answers which task. A critical incident's analysis alone goes to the dearest model. */
const ROUTES: Readonly<Record<ModelTask, { usual: ModelRole; critical: ModelRole }>> = {
  classify: { usual: 'classify', critical: 'classify' },
  'match-patterns': { usual: 'wording', critical: 'wording' },
  write: { usual: 'wording', critical: 'wording' },
  analyse: { usual: 'analysis', critical: 'critical' },
}

/** The role that answers a task. */
export function roleFor(task: ModelTask, critical: boolean): ModelRole {
  return ROUTES[task][critical ? 'critical' : 'usual']
}

/**
 * The row of an exact id. A model that the table does not hold is asked in the way that every model understands: in words,
 * with no temperature.
 */
export function modelRow(id: string): ModelRow {
  const known = MODELS.find((row) => row.id === id)
  if (known) return known
  return {
    id,
    title: id,
    structured: 'prompted',
    temperature: false,
    outputTokensMax: 4096,
    eol: null,
    asOf: AS_OF,
    source: 'not in the table',
  }
}

/** A default is changed this long before its model ends, in days: time for a release and for everybody to take it. */
export const EOL_NOTICE_DAYS = 90
const DAY_MS = 86_400_000

/** Of these ids, those that have ended by `today` (epoch ms) or will within the notice. */
export function endingSoon(ids: readonly string[], today: number): { id: string; eol: string }[] {
  return ids.flatMap((id) => {
    const { eol } = modelRow(id)
    return eol !== null && Date.parse(eol) - today <= EOL_NOTICE_DAYS * DAY_MS ? [{ id, eol }] : []
  })
}
