import type {
  Analysis,
  Claim,
  Classification,
  Dropped,
  ModelAnswer,
  ModelMaterial,
  PatternMatches,
  Provenance,
  SuggestedCause,
  Wording,
} from '../../../durable/protocol/models.ts'
import type { GuardrailPort, ModelPort } from '../../../durable/protocol/ports.ts'
import { modelRow, roleFor } from '../../catalog.ts'
import { claimFault, droppedCount, nothingDropped, supported } from '../../claims.ts'
import { type Deadline, deadline } from '../../deadline.ts'
import { redactForModel } from '../../redact.ts'
import { type Raw, parse, understand } from './answer.ts'
import { type Bedrock, type Called, call } from './call.ts'
import { converse, converseStream } from './converse.ts'
import { wholeItems } from './drafts.ts'
import { type Question, questionOf } from './question.ts'
import { type Repair, requestOf } from './request.ts'
import { fit } from './shape.ts'
import { ANALYSE, CLASSIFY, type Task, matchPatterns, writeFor } from './tasks.ts'

/** A wrong answer is mended by one more question, where this much wall time is left, ms. */
const REPAIR_MS_MIN = 1000

/** The claims of an answer that may stay; what is dropped is counted by the function itself. */
type Keep<Value> = (value: Value, dropped: Dropped) => Value

/** Puts questions to Bedrock's models. `guardrail` judges what goes in and out where no guardrail of one's own is configured. */
export function bedrockModel(bedrock: Bedrock, guardrail: GuardrailPort): ModelPort {
  const asked = <Value>(ask: ModelMaterial, task: Task, keep: Keep<Value>, draft?: (item: unknown) => void) =>
    answerOf(bedrock, guardrail, ask, task, keep, draft)
  return {
    driver: 'aws',
    classify: (ask) =>
      asked<Classification>(ask, CLASSIFY, (value, dropped) => ({
        ...value,
        because: supported(ask, worded(value.because), dropped),
      })),
    matchPatterns: (ask) => {
      const names = ask.patterns.map(({ id }) => id)
      return asked<PatternMatches>(ask, matchPatterns(ask.patterns), ({ matches }, dropped) => ({
        matches: supported(ask, worded(matches), dropped, ({ pattern }) => ({ name: pattern, names })),
      }))
    },
    analyse: (ask, draft) =>
      asked<Analysis>(
        ask,
        ANALYSE,
        ({ causes }, dropped) => ({
          causes: supported(ask, worded(causes), dropped, ({ service }) => ({ name: service, names: ask.services })),
        }),
        draft && ((item) => draftCause(ask, item, draft)),
      ),
    write: (ask) =>
      asked<Wording>(ask, writeFor(ask.audience), ({ sentences }, dropped) => ({
        sentences: supported(ask, worded(sentences), dropped),
      })),
  }
}

async function answerOf<Value>(
  bedrock: Bedrock,
  guardrail: GuardrailPort,
  ask: ModelMaterial,
  task: Task,
  keep: Keep<Value>,
  draft?: (item: unknown) => void,
): Promise<ModelAnswer<Value>> {
  const limit = deadline(ask.deadlineMs ?? task.deadlineMs, bedrock.now)
  const tried: Provenance[] = []
  try {
    const question = await questionOf(ask, task)
    const gone = await judged(bedrock, guardrail, 'in', ask.incident, question.user, tried)
    if (gone) return gone
    const first = await send(bedrock, limit, ask, task, question, null, draft)
    if (!first.ok) return { ...first, tried }
    const row = modelRow(first.provenance.model ?? '')
    let [called, read] = [first, understand(row, task.shape, first.out)]
    if (!read.ok && read.mendable && row.structured === 'prompted' && limit.leftMs() >= REPAIR_MS_MIN) {
      tried.push({ ...first.provenance, outcome: read.reason })
      const second = await send(bedrock, limit, ask, task, question, { answer: first.out.text, wrong: read.detail })
      if (!second.ok) return { ...second, tried }
      ;[called, read] = [second, understand(row, task.shape, second.out)]
    }
    const { provenance } = called
    if (!read.ok) return { ...read, provenance: { ...provenance, outcome: read.reason }, tried }
    // The form was held against the task's shape just now.
    const dropped = nothingDropped()
    const value = keep(read.value as Value, dropped)
    const blocked = await judged(bedrock, guardrail, 'out', ask.incident, wordsOf(value), tried, provenance)
    if (blocked) return blocked
    if (droppedCount(dropped) > 0 && isEmpty(value)) {
      const detail = 'nothing that it said stands on evidence'
      return { ok: false, reason: 'unsupported', detail, provenance: { ...provenance, outcome: 'unsupported' }, tried }
    }
    return { ok: true, value, dropped, leftOut: question.leftOut, degraded: null, provenance, tried }
  } finally {
    limit.clear()
  }
}

function send(
  bedrock: Bedrock,
  limit: Deadline,
  ask: ModelMaterial,
  task: Task,
  question: Question,
  repair: Repair | null,
  draft?: (item: unknown) => void,
): Promise<Called<Raw> & { ok: boolean }> {
  const { config } = bedrock
  const row = modelRow(config.models[roleFor(task.name, ask.critical)])
  const request = requestOf(row, task, ask, question, config.guardrail, repair)
  // A draft is shown before the whole is known, so it is shown only where a guardrail reads the stream first.
  const streams = draft && config.guardrail !== null
  const what = {
    operation: task.name,
    model: row.id,
    incident: ask.incident,
    chars: JSON.stringify(request).length,
    outputTokensMax: request.inferenceConfig?.maxTokens ?? 0,
    deadline: limit,
    redacted: question.redacted,
  }
  let shown = 0
  const show = (soFar: string): void => {
    const items = wholeItems(soFar)
    for (const item of items.slice(shown)) {
      const value = parse(item)
      if (value !== undefined) draft?.(value)
    }
    shown = items.length
  }
  return call(bedrock, what, (signal) =>
    streams ? converseStream(bedrock, row, request, signal, show) : converse(bedrock, row, request, signal),
  )
}

/** The answer that ends it here; null: the text may go on. A guardrail of one's own is part of the call and needs no second look. */
async function judged(
  { config }: Bedrock,
  guardrail: GuardrailPort,
  direction: 'in' | 'out',
  incident: string,
  text: string,
  tried: Provenance[],
  provenance?: Provenance,
): Promise<Extract<ModelAnswer<never>, { ok: false }> | null> {
  if (config.guardrail || text.trim() === '') return null
  const answer = await guardrail.check({ incident, direction, text })
  if (answer.ok && answer.value.verdict === 'passed') {
    tried.push(answer.provenance)
    return null
  }
  // A check that could not be made is no check that passed.
  const reason = answer.ok ? 'guardrail-blocked' : 'guardrail-unavailable'
  const detail = answer.ok ? 'the guardrail let it not through' : answer.detail
  const calls = provenance ? [...tried, answer.provenance] : tried
  return {
    ok: false,
    reason,
    detail,
    provenance: { ...(provenance ?? answer.provenance), outcome: reason },
    tried: calls,
  }
}

/** What a model says is cleaned like what it is told: nobody's address or key comes back by this way. */
function worded<Kind extends Claim>(claims: readonly Kind[]): Kind[] {
  return claims.map((claim) => ({ ...claim, says: redactForModel(claim.says).text }))
}

function draftCause(ask: ModelMaterial, item: unknown, draft: (cause: SuggestedCause) => void): void {
  const list = ANALYSE.shape.properties['causes']
  const fitted = list?.type === 'array' ? fit(list.items, item) : null
  if (!fitted?.ok) return
  const [cause] = worded([fitted.value as SuggestedCause])
  if (cause && claimFault(ask, cause, { name: cause.service, names: ask.services }) === null) draft(cause)
}

/** Everything that it says in words. */
function wordsOf(value: unknown): string {
  const lists = Object.values(value as Record<string, unknown>).filter(Array.isArray)
  return lists.flatMap((list: Claim[]) => list.map(({ says }) => says)).join('\n')
}

function isEmpty(value: unknown): boolean {
  const lists = Object.values(value as Record<string, unknown>).filter(Array.isArray)
  return lists.every((list) => list.length === 0)
}
