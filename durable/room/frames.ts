import * as z from 'zod/mini'
import type { GuardClauseName } from '../protocol/domain.ts'
import { FRAME_BYTES_MAX, PARAMETER_CHARS_MAX } from '../protocol/limits.ts'
import type { ClientMessage } from '../protocol/messages.ts'
import { crewCommands } from './frames-crew.ts'

/** A command id, in UTF-16 units: a UUID has 36. */
export const CMD_CHARS_MAX = 100

const CLAUSES = [
  'parameters-in-bounds',
  'target-known',
  'target-not-protected',
  'rollback-present',
  'no-outcome-unknown',
  'kill-switch-off',
  'preconditions-hold',
  'data-fresh',
  'cooldown-over',
  'not-same-failing-fix',
  'no-freeze',
  'no-maintenance',
  'blast-radius-in-bounds',
  'rate-in-bounds',
] as const satisfies readonly GuardClauseName[]

const parameters = z.record(z.string(), z.union([z.number(), z.string().check(z.maxLength(PARAMETER_CHARS_MAX))]))
const reasoned = <T extends string>(type: T) => z.object({ type: z.literal(type), reason: z.string() })
const judged = <T extends string>(type: T) =>
  z.object({ type: z.literal(type), proposal: z.string(), digest: z.string(), reason: z.string() })

const personCommand = z.discriminatedUnion('type', [
  z.object({ type: z.literal('acknowledge') }),
  z.object({
    type: z.literal('add-note'),
    text: z.string(),
    visibility: z.exactOptional(z.enum(['private', 'public'])),
  }),
  reasoned('mitigate'),
  reasoned('resolve'),
  reasoned('close'),
  judged('approve'),
  judged('reject'),
  z.object({
    type: z.literal('decide-myself'),
    runbook: z.string(),
    target: z.string(),
    parameters,
    confirm: z.string(),
    passed: z.array(z.enum(CLAUSES)),
    reason: z.string(),
  }),
  z.object({
    type: z.literal('request-changes'),
    proposal: z.string(),
    digest: z.string(),
    wants: parameters,
    reason: z.string(),
  }),
  judged('undo'),
  z.object({
    type: z.literal('complete-step'),
    proposal: z.string(),
    step: z.string(),
    outcome: z.enum(['done', 'could-not']),
    reason: z.string(),
  }),
  ...crewCommands,
  z.object({
    type: z.literal('settle-outcome'),
    proposal: z.string(),
    outcome: z.enum(['it-ran', 'it-did-not']),
    reason: z.string(),
  }),
])

const message = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('command'),
    cmd: z.string().check(z.minLength(1), z.maxLength(CMD_CHARS_MAX)),
    command: personCommand,
    expectSeq: z.exactOptional(z.int()),
  }),
  z.object({ type: z.literal('ack'), seq: z.int().check(z.minimum(0)) }),
])

/** A frame that a client sent, or why it is none; `close` names the close code where the connection cannot go on. */
export type Frame =
  | { ok: true; message: ClientMessage }
  | {
      ok: false
      reason: 'binary-frame' | 'too-large' | 'not-json' | 'unknown-message'
      detail: string
      close: number | null
      cmd: string
    }

/** An ack as our own clients write it. Acks are most of what a busy room hears, so this shape is read without a parser. */
const ACK = /^\{"type":"ack","seq":(\d{1,15})\}$/

/** The seq of an ack in the plain shape, else null. */
export function readAck(data: string | ArrayBuffer): number | null {
  const match = typeof data === 'string' && data.length < CMD_CHARS_MAX ? ACK.exec(data) : null
  return match ? Number(match[1]) : null
}

/** Reads one frame. Never throws; unknown members are dropped. */
export function readFrame(data: string | ArrayBuffer): Frame {
  if (typeof data !== 'string') return bad('binary-frame', 'frames are JSON text', 1003)
  if (bytesOf(data) > FRAME_BYTES_MAX) return bad('too-large', `a frame holds ${FRAME_BYTES_MAX} bytes`, 1009)
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return bad('not-json', 'frames are JSON text', null)
  }
  const read = message.safeParse(value)
  if (read.success) return { ok: true, message: read.data satisfies ClientMessage }
  const at = read.error.issues[0]
  return bad('unknown-message', at ? `${at.path.join('.')}: ${at.message}` : '', null, cmdOf(value))
}

function bad(reason: Extract<Frame, { ok: false }>['reason'], detail: string, close: number | null, cmd = ''): Frame {
  return { ok: false, reason, detail, close, cmd }
}

/** The command id of a message that is otherwise not understood, so that its sender can match the answer. */
function cmdOf(value: unknown): string {
  const cmd = typeof value === 'object' && value !== null && 'cmd' in value ? value.cmd : ''
  return typeof cmd === 'string' ? cmd.slice(0, CMD_CHARS_MAX) : ''
}

function bytesOf(text: string): number {
  return text.length * 3 <= FRAME_BYTES_MAX ? text.length : new TextEncoder().encode(text).length
}
