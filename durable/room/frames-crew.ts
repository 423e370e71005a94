import * as z from 'zod/mini'
import { CREW_ROLES } from '../protocol/crew.ts'

/** The commands of people that are no step of the incident and no decision on a proposal, as a socket says them. */
const role = z.enum(CREW_ROLES)
const owner = z.nullable(z.string())
const dueWall = z.nullable(z.number())
const reasoned = <T extends string>(type: T) => z.object({ type: z.literal(type), reason: z.string() })

export const crewCommands = [
  reasoned('reopen'),
  reasoned('cancel'),
  reasoned('unmerge'),
  reasoned('escalate'),
  z.object({
    type: z.literal('set-severity'),
    severity: z.enum(['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4', 'SEV-5']),
    reason: z.string(),
  }),
  z.object({ type: z.literal('assign-role'), role, person: z.string(), reason: z.string() }),
  z.object({ type: z.literal('release-role'), role, person: z.string(), reason: z.string() }),
  z.object({
    type: z.literal('add-task'),
    kind: z.enum(['task', 'action-item']),
    text: z.string(),
    owner,
    dueWall,
  }),
  z.object({
    type: z.literal('change-task'),
    task: z.string(),
    change: z.object({
      owner: z.exactOptional(owner),
      dueWall: z.exactOptional(dueWall),
      state: z.exactOptional(z.enum(['open', 'done', 'dropped'])),
    }),
  }),
  z.object({ type: z.literal('set-field'), name: z.string(), value: z.nullable(z.string()) }),
  z.object({ type: z.literal('set-privacy'), private: z.boolean(), reason: z.string() }),
  z.object({ type: z.literal('set-access'), person: z.string(), allowed: z.boolean() }),
  z.object({ type: z.literal('merge'), into: z.string(), reason: z.string() }),
  z.object({
    type: z.literal('split'),
    alerts: z.array(z.object({ source: z.string(), fingerprint: z.string() })),
    title: z.string(),
    reason: z.string(),
  }),
  z.object({
    type: z.literal('set-incident-control'),
    control: z.enum(['kill-switch', 'dry-run']),
    on: z.boolean(),
    reason: z.string(),
  }),
  z.object({ type: z.literal('set-parent'), parent: z.nullable(z.string()), reason: z.string() }),
] as const
