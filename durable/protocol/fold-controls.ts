import type { StopScope } from './controls.ts'
import type { Instant } from './domain.ts'
import type { EventBody } from './events.ts'
import type { View } from './view.ts'

type Of<T extends EventBody['type']> = Extract<EventBody, { type: T }>
type ControlEvent = Of<'kill-switch-set' | 'dry-run-set' | 'dry-run-started' | 'dry-run-reported' | 'autonomy-used'>

/** Folds what holds actions back in this room. */
export function foldControls(view: View, body: ControlEvent, at: Instant): void {
  switch (body.type) {
    case 'kill-switch-set':
      if (body.scope === 'incident') view.stops.incident = body.on ? body.reason : null
      else if (body.scope !== 'service') view.killSwitch = body.on
      else if (body.service !== undefined && body.on) view.stops.services[body.service] = body.reason
      else if (body.service !== undefined) delete view.stops.services[body.service]
      return
    case 'dry-run-set':
      view.dryRun[body.scope] = body.on ? body.reason : null
      return
    case 'dry-run-started':
      edit(view, body.proposal, (proposal) => {
        proposal.status = 'running'
        proposal.reason = 'dry-run'
        proposal.guard = body.guard
        if (body.gate) proposal.gate = body.gate
      })
      view.humanAsked = null
      return
    case 'dry-run-reported':
      edit(view, body.proposal, (proposal) => {
        proposal.dryRun = { ...body.report, at }
      })
      return
    case 'autonomy-used':
      edit(view, body.proposal, (proposal) => {
        proposal.autonomy = { clause: body.clause, record: body.record }
      })
      return
    default:
      return body satisfies never
  }
}

function edit(view: View, id: string, change: (proposal: View['proposals'][number]) => void): void {
  const proposal = view.proposals.find((candidate) => candidate.id === id)
  if (proposal) change(proposal)
}

/** The widest kill switch that the room knows to be on for a target; null: none. */
export function stoppedBy(view: View, target: string): StopScope | null {
  if (view.killSwitch) return 'global'
  if (Object.hasOwn(view.stops.services, target)) return 'service'
  return view.stops.incident === null ? null : 'incident'
}

/** Nothing is called in this room: what would be is shown. */
export function isDryRun(view: View): boolean {
  return view.dryRun.global !== null || view.dryRun.incident !== null
}
