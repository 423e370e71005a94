import { HEARTBEAT_MS, RESUME_EVENTS_MAX } from '../protocol/limits.ts'
import { ANY_EPOCH, type ServerMessage } from '../protocol/messages.ts'
import { PROTOCOL_VERSION } from '../protocol/version.ts'
import type { Kernel } from './kernel.ts'
import { bytesAfter, jsonAfter } from './log.ts'
import type { Person } from './sessions.ts'

/** A delta of more stored bytes than this is dearer than the view itself: frozen evidence is a hundred kilobytes a run. */
export const DELTA_BYTES_MAX = 256_000

type Hello = Extract<ServerMessage, { type: 'hello' }>

/** Where a client says it stands; nulls when it knows nothing. */
export interface Resume {
  after: number | null
  epoch: string | null
}

/** Reads `after` and `epoch`; what is no whole number is nothing known. */
export function resumeOf(url: URL): Resume {
  const after = url.searchParams.get('after')
  return {
    after: after !== null && /^\d{1,15}$/.test(after) ? Number(after) : null,
    epoch: url.searchParams.get('epoch'),
  }
}

/**
 * Words hellos. The view of a room with much evidence is hundreds of kilobytes, so its JSON is kept per seq: a thousand
 * clients that come back at once cost one serialization.
 */
export class Greeter {
  #kernel: Kernel
  #sql: SqlStorage
  #snapshot: { seq: number; json: string } | null = null

  constructor(kernel: Kernel, sql: SqlStorage) {
    this.#kernel = kernel
    this.#sql = sql
  }

  /** The events after the client's own last one, when this log holds them and they are few and small; else the whole view. */
  hello({ person, role }: Person, resume: Resume, wall: number): string {
    const kernel = this.#kernel
    const { seq } = kernel.state.view
    const { after, epoch } = resume
    const same = epoch === kernel.epoch || epoch === ANY_EPOCH
    const known = after !== null && same && after <= seq && seq - after <= RESUME_EVENTS_MAX
    const resumes = known && bytesAfter(this.#sql, after) <= DELTA_BYTES_MAX
    const head: Omit<Hello, 'snapshot' | 'delta'> = {
      type: 'hello',
      version: PROTOCOL_VERSION,
      epoch: kernel.epoch,
      seq,
      heartbeatMs: HEARTBEAT_MS,
      serverWall: wall,
      clock: kernel.clock,
      you: { name: person, role },
    }
    const delta = resumes ? `[${jsonAfter(this.#sql, after, RESUME_EVENTS_MAX).join(',')}]` : 'null'
    const snapshot = resumes ? 'null' : this.#view()
    return `${JSON.stringify(head).slice(0, -1)},"snapshot":${snapshot},"delta":${delta}}`
  }

  #view(): string {
    const { view } = this.#kernel.state
    if (this.#snapshot?.seq !== view.seq) this.#snapshot = { seq: view.seq, json: JSON.stringify(view) }
    return this.#snapshot.json
  }
}
