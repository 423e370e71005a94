import type { RoomEvent } from '../../protocol/events.ts'
import { alertKey, project } from '../../protocol/view.ts'
import { assert } from '../assert.ts'
import { remember } from './precondition.ts'
import { advance } from './streak.ts'
import { NO_STREAK, type State, evidenceKey } from './state.ts'

/** Folds one event into the state by mutating it. Stops loudly on a hole: a log with a gap is not this room's log. */
export function evolve(state: State, event: RoomEvent): void {
  assert(event.seq === state.view.seq + 1, `event ${event.seq} follows ${state.view.seq}`)
  project(state.view, event)
  remember(state, event)
  const { body } = event
  switch (body.type) {
    case 'alert-attached':
    case 'alert-updated': {
      const { status, startsAt, endsAt, severity } = body.alert
      state.levels[alertKey(body.alert)] = { status, startsAt, endsAt, severity }
      return
    }
    case 'alerts-detached':
      for (const alert of body.alerts) delete state.levels[alertKey(alert)]
      return
    case 'evidence-recorded':
      for (const item of body.evidence) state.evidenceIds[evidenceKey(item)] = item.id
      return
    case 'finding-reported':
      state.findings += 1
      return
    case 'verification-started':
      state.streak = { ...NO_STREAK }
      return
    case 'verification-sampled':
      state.streak = advance(state.streak, body.readings, event.at)
      return
    case 'incident-resolved':
      state.resolvedAt = event.at
      return
    case 'incident-reopened':
      state.resolvedAt = null
      return
    default:
  }
}
