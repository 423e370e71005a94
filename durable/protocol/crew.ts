/** What people keep in an incident beside its state: who does what, what is to be done, who may see it, what it belongs to. */
import type { Instant, Role } from './domain.ts'

/** Roles in one incident. What somebody may do on this instance is their `Role`. */
export type CrewRole =
  | 'incident-commander'
  | 'deputy'
  | 'operations-lead'
  | 'communications-lead'
  | 'scribe'
  | 'subject-matter-expert'

export const CREW_ROLES: readonly CrewRole[] = [
  'incident-commander',
  'deputy',
  'operations-lead',
  'communications-lead',
  'scribe',
  'subject-matter-expert',
]

/** One person in one role. Only experts are several. */
export interface CrewMember {
  role: CrewRole
  person: string
  since: Instant
}

/** A task is worked on during the incident; an action item is what follows from it. */
export type TaskKind = 'task' | 'action-item'
export type TaskState = 'open' | 'done' | 'dropped'

export interface Task {
  /** `T-01`, `T-02`, … */
  id: string
  kind: TaskKind
  text: string
  owner: string | null
  /** by when, in real time also in drills: people keep it in their calendars. */
  dueWall: Instant | null
  state: TaskState
  by: string
  at: Instant
}

/** What of a task changes; a member that is left out stays. */
export interface TaskChange {
  owner?: string | null
  dueWall?: Instant | null
  state?: TaskState
}

/** `private`: kept among those who see the incident; `public`: may be said to everybody. */
export type NoteVisibility = 'private' | 'public'

/** How this incident is related to another: it has that one as parent, child and so on. */
export type Relation = 'parent' | 'child' | 'merged-into' | 'merged-from' | 'split-from' | 'split-into'

export interface Link {
  relation: Relation
  incident: string
}

/** Alerts on their way between incidents; the directory answers what became of it. */
export interface Moving {
  kind: 'merge' | 'unmerge' | 'split'
  /** the other incident; null while a split has none yet. */
  other: string | null
  /** of the event that asked: what the answer must name. */
  seq: number
}

/** A private incident is shown to commanders and to those named; null: everybody who is signed in sees it. */
export type Privacy = { named: string[] } | null

/** Whether somebody may see an incident that is as private as this. */
export function maySee(privacy: Privacy, reader: { name: string; role: Role }): boolean {
  if (privacy === null || reader.role === 'commander' || reader.role === 'admin') return true
  return privacy.named.includes(reader.name)
}
