import type { ModelReason } from '../../../durable/protocol/models.ts'
import type { ModelRow } from '../../catalog.ts'
import { TOOL } from './request.ts'
import { type Shape, fit } from './shape.ts'

/** What a model gave back, from one answer or from the pieces of a stream. Reasoning is left out. */
export interface Raw {
  text: string
  tools: { name: string; input: unknown }[]
  stopReason: string
}

export type Understood =
  | { ok: true; value: unknown }
  | { ok: false; reason: ModelReason; detail: string /** a second question may mend it. */; mendable: boolean }

/** Reads an answer by the model's way of giving one. Nothing that does not fit the shape whole gets further. */
export function understand(row: ModelRow, shape: Shape, raw: Raw): Understood {
  const stopped = STOPS[raw.stopReason]
  if (stopped) return wrong(stopped, `it stopped: ${raw.stopReason}`)
  if (row.structured === 'forced-tool') {
    const foreign = raw.tools.find(({ name }) => name !== TOOL)
    if (foreign) return wrong('unlisted-tool', 'it called a tool that is not listed')
    const [call] = raw.tools
    if (!call) return wrong(isHtml(raw.text) ? 'html' : 'no-tool-call', 'it did not call the one tool')
    return fitted(shape, call.input)
  }
  if (raw.tools.length > 0) return wrong('unlisted-tool', 'it called a tool where none is listed')
  if (isHtml(raw.text)) return wrong('html', 'it is a page', true)
  const json = parse(raw.text)
  return json === undefined ? wrong('not-json', 'it is no JSON', true) : fitted(shape, json)
}

const STOPS: Readonly<Record<string, ModelReason>> = {
  guardrail_intervened: 'guardrail-blocked',
  content_filtered: 'guardrail-blocked',
  max_tokens: 'cut-off',
  model_context_window_exceeded: 'cut-off',
  malformed_model_output: 'wrong-shape',
  malformed_tool_use: 'wrong-shape',
}

function fitted(shape: Shape, value: unknown): Understood {
  const judged = fit(shape, value)
  // Where it does not fit is said in our words: what stands there is the model's and goes nowhere.
  return judged.ok ? judged : wrong('wrong-shape', `${judged.at} ${judged.says}`, true)
}

function wrong(reason: ModelReason, detail: string, mendable = false): Understood {
  return { ok: false, reason, detail, mendable }
}

function isHtml(text: string): boolean {
  return /^\s*<(?:!doctype|html|head|body|\?xml)\b/i.test(text)
}

/** The value of a JSON text, undefined where it is none. A model likes to put it in a fence; words around it are not searched through. */
export function parse(text: string): unknown {
  const bare = /^\s*```(?:json)?\s*([\s\S]*?)```\s*$/.exec(text)?.[1] ?? text
  try {
    return JSON.parse(bare)
  } catch {
    return undefined
  }
}
