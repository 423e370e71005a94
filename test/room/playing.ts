import { env, exports } from 'cloudflare:workers'
import type { RoomEvent } from '../../durable/protocol/events.ts'
import type { DrillRow, Page } from '../../durable/protocol/objects.ts'
import type { IncidentDetail, IncidentRow } from '../../durable/protocol/rows.ts'
import { type RoomStub, roomNamed } from './opening.ts'

/** A drill played through the Worker's own addresses, as a person at a screen would. */
export async function api<T>(path: string, body?: unknown): Promise<T> {
  const headers = { authorization: 'Bearer dev', 'content-type': 'application/json' }
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
  const answer = await exports.default.fetch(new Request(`http://127.0.0.1${path}`, init))
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
  return JSON.parse(text) as T
}

/** As `api`, again while objects are away. */
export async function patiently<T>(path: string, body?: unknown): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await api<T>(path, body)
    } catch (error) {
      if (tries > 20) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

const IDLE_MS = 50
/** The longest that a stage of a drill at speed 60 is waited for, ms. */
const PATIENCE_MS = 45_000

/** Polls until `look` finds something. */
export async function found<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (const began = Date.now(); Date.now() - began < PATIENCE_MS; ) {
    const seen = await look().catch(() => null)
    if (seen) return seen
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  }
  throw new Error(`never: ${what}`)
}

export interface Playing {
  drill: string
  incident: string
  room: RoomStub
  detail(): Promise<IncidentDetail>
  events(): Promise<RoomEvent[]>
  approve(): Promise<unknown>
  /** What the drill's endpoint was asked to do: one entry a key. */
  stageName: string
}

/** Starts the story and waits for its incident with a proposal that awaits approval. */
export async function untilProposed(variant: string | null, seed: number, speed = 60): Promise<Playing> {
  const { id: drill } = await api<DrillRow>('/api/v1/drills', {
    scenario: 'database-cascade',
    seed,
    speed,
    variant,
  })
  const namespace = `drill/${drill}`
  const mine = async () => {
    const page = await api<Page<IncidentRow>>('/api/v1/incidents?drill=true')
    return page.items.find((row) => row.drill === drill && row.proposal?.status === 'awaiting-approval')
  }
  const { id: incident } = await found('a proposal awaits approval', mine)
  const room = roomNamed(`${namespace}/${incident}`)
  const detail = () => patiently<IncidentDetail>(`/api/v1/incidents/${incident}`)
  return {
    drill,
    incident,
    room,
    detail,
    stageName: drill,
    // What crosses the wire loses its tuples in the types alone.
    events: async () => ((await room.events(0, 1_000))?.events ?? []) as RoomEvent[],
    approve: async () => {
      const { proposal } = await detail()
      if (!proposal) throw new Error('no proposal')
      const path = `/api/v1/incidents/${incident}/proposals/${proposal.id}/approve`
      return patiently(path, { digest: proposal.digest, reason: 'seen, go' })
    },
  }
}

/** The stage of a drill, to look inside. */
export function stageOf(drill: string): DurableObjectStub<Rpc.DurableObjectBranded & DurableObject> {
  return env.STAGE.getByName(drill) as unknown as DurableObjectStub<Rpc.DurableObjectBranded & DurableObject>
}
