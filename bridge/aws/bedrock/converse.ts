import {
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseTrace,
  type GuardrailUsage,
  type TokenUsage,
} from '@aws-sdk/client-bedrock-runtime'
import type { ModelRow } from '../../catalog.ts'
import { guardrailCost, sumOf, tokenCost } from '../../cost.ts'
import type { Raw } from './answer.ts'
import { type Bedrock, type Billed, Cut } from './call.ts'
import { tokensOf, unitsOf } from './usage.ts'

/** Longest answer that is read from a stream, in UTF-16 units: ten times what a task may take. */
const STREAM_CHARS_MAX = 60_000

export interface Conversed {
  out: Raw
  billed: Billed
}

/** Asks and waits for the whole answer. Throws what the service throws. */
export async function converse(
  { client }: Bedrock,
  row: ModelRow,
  request: ConverseCommandInput,
  signal: AbortSignal,
): Promise<Conversed> {
  const answer = await client.send(new ConverseCommand(request), { abortSignal: signal })
  const blocks = answer.output?.message?.content ?? []
  return {
    out: {
      // Blocks are chosen by what they are: where a model reasons first, text is not the first one.
      text: blocks.map(({ text }) => text ?? '').join(''),
      tools: blocks.flatMap(({ toolUse }) => (toolUse ? [{ name: toolUse.name ?? '', input: toolUse.input }] : [])),
      stopReason: answer.stopReason ?? '',
    },
    billed: billedOf(row, answer),
  }
}

/** Asks for a stream. `seen` is given the answer so far with each piece. Throws `Cut` where the stream ends before its end. */
export async function converseStream(
  { client }: Bedrock,
  row: ModelRow,
  { guardrailConfig, ...request }: ConverseCommandInput,
  signal: AbortSignal,
  seen: (soFar: string) => void,
): Promise<Conversed> {
  const command = new ConverseStreamCommand({
    ...request,
    // Synchronous: nothing comes before the guardrail has read it.
    ...(guardrailConfig && { guardrailConfig: { ...guardrailConfig, streamProcessingMode: 'sync' } }),
  })
  const { stream } = await client.send(command, { abortSignal: signal })
  const blocks = new Map<number, { tool: string | null; text: string }>()
  let stopReason: string | null = null
  let last: Parameters<typeof billedOf>[1] = {}
  let chars = 0
  try {
    for await (const event of stream ?? []) {
      if (event.contentBlockStart) {
        const { contentBlockIndex = 0, start } = event.contentBlockStart
        blocks.set(contentBlockIndex, { tool: start?.toolUse?.name ?? null, text: '' })
      } else if (event.contentBlockDelta) {
        const { contentBlockIndex = 0, delta } = event.contentBlockDelta
        const block = blocks.get(contentBlockIndex) ?? { tool: null, text: '' }
        const piece = delta?.toolUse?.input ?? delta?.text ?? ''
        chars += piece.length
        if (chars > STREAM_CHARS_MAX) throw new Cut('longer than any answer')
        block.text += piece
        blocks.set(contentBlockIndex, block)
        if (piece !== '') seen(block.text)
      } else if (event.messageStop) stopReason = event.messageStop.stopReason ?? ''
      else if (event.metadata) last = event.metadata
      if (signal.aborted) throw new Cut('the time is over')
    }
  } catch (thrown) {
    // A modelled exception says what happened; anything else in the middle of a stream is a broken stream.
    throw isModelled(thrown) ? thrown : new Cut('the stream broke')
  }
  if (stopReason === null) throw new Cut('the stream ended before its end')
  const all = [...blocks.values()]
  return {
    out: {
      text: all.map(({ tool, text }) => (tool === null ? text : '')).join(''),
      tools: all.flatMap(({ tool, text }) => (tool === null ? [] : [{ name: tool, input: parsed(text) }])),
      stopReason,
    },
    billed: billedOf(row, last),
  }
}

function isModelled(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name.endsWith('Exception')
}

/** A tool's input comes as text; what is no JSON fits no shape. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

interface Said {
  usage?: TokenUsage | undefined
  trace?: Pick<ConverseTrace, 'guardrail'> | undefined
  serviceTier?: { type: string | undefined } | undefined
  performanceConfig?: { latency?: string | undefined } | undefined
}

function billedOf(row: ModelRow, said: Said): Billed {
  const tokens = tokensOf(said.usage)
  const servedTier = said.serviceTier?.type ?? null
  const optimizedLatency = said.performanceConfig?.latency === 'optimized'
  const usages = guardrailUsages(said.trace)
  const units = usages.length === 0 ? null : unitsOf(usages)
  const cost = tokenCost(row.id, tokens, { tier: servedTier, optimizedLatency })
  return {
    servedTier,
    optimizedLatency,
    tokens,
    guardrail: units,
    cost: units ? sumOf(cost, guardrailCost(units)) : cost,
  }
}

function guardrailUsages(trace: Said['trace']): (GuardrailUsage | undefined)[] {
  const { inputAssessment = {}, outputAssessments = {} } = trace?.guardrail ?? {}
  const assessments = [...Object.values(inputAssessment), ...Object.values(outputAssessments).flat()]
  return assessments.map((assessment) => assessment.invocationMetrics?.usage)
}
