import type { Prng } from '../../durable/core/prng.ts'
import type { PersonCommand } from '../../durable/protocol/commands.ts'
import type { GuardClauseName, Proposal, Role } from '../../durable/protocol/domain.ts'
import type { World } from './world.ts'

interface Person {
  name: string
  role: Role
}
const PEOPLE: readonly Person[] = [
  { name: 'ann', role: 'commander' },
  { name: 'bob', role: 'commander' },
  { name: 'ray', role: 'responder' },
  { name: 'val', role: 'viewer' },
]
const CLAUSES: readonly GuardClauseName[] = [
  'preconditions-hold',
  'data-fresh',
  'cooldown-over',
  'not-same-failing-fix',
  'kill-switch-off',
  'no-freeze',
  'rate-in-bounds',
]
/** Wall ms before an unanswered command is sent again, under its own id. */
const AGAIN_MS = 3_000
const CLOSE_EVERY_MS = 60_000
/** Why people are asked when the system proposes no more. */
const GIVEN_UP: ReadonlySet<string> = new Set(['proposals-used-up', 'retry-used-up'])
/** And waits no longer than this for the system. */
const PATIENCE_MS = 60 * 60_000
/** A careful commander looks again after so long. */
const TEND_EVERY_MS = 20_000

/** Who looks at the room: they approve, reject, decide on what no longer stands, say things twice, late, or not at all. */
export class People {
  /** what was decided, in the words of who decided: name, kind, proposal, digest. */
  readonly decided = new Set<string>()
  /** who ordered which proposal's rollback. */
  readonly undone = new Set<string>()
  #world: World
  #chance: Prng
  #acting = true
  #count = 0
  #digests: { proposal: string; digest: string }[] = []

  constructor(world: World, chance: Prng) {
    this.#world = world
    this.#chance = chance
  }

  begin(): void {
    for (const person of PEOPLE) this.#turn(person)
  }

  /** From now on nobody says anything. */
  rest(): void {
    this.#acting = false
  }

  /** A careful commander approves what is proposed, and resolves and closes what is over. */
  tend(): void {
    const { scheduler, shell } = this.#world
    const step = (): void => {
      const body = shell.up && shell.state.view.head ? this.#tending() : null
      if (body) this.#say({ name: 'ann', role: 'commander' }, body)
      scheduler.after(TEND_EVERY_MS, step)
    }
    step()
  }

  /** Somebody who may write notes, and nothing more, writes one. */
  chat(text: string): void {
    this.#say({ name: 'ray', role: 'responder' }, { type: 'add-note', text })
  }

  #tending(): PersonCommand | null {
    const { view } = this.#world.shell.state
    const last = view.proposals.at(-1)
    if (last?.status === 'awaiting-approval')
      return { type: 'approve', proposal: last.id, digest: last.digest, reason: 'go' }
    if (last?.status === 'outcome-unknown')
      return { type: 'settle-outcome', proposal: last.id, outcome: this.#truth(last), reason: 'looked at it' }
    if (view.state === 'resolved') return { type: 'close', reason: 'over' }
    // What the system gives up, or what takes too long, she repairs by hand.
    const isLong = this.#world.scheduler.now > (view.head?.openedAt ?? 0) + PATIENCE_MS
    const isGivenUp = isLong || (view.humanAsked !== null && GIVEN_UP.has(view.humanAsked.reason))
    if (isGivenUp) this.#world.shop.repair(this.#world.at)
    const isWell = last?.status === 'done' && last.verification?.end === 'recovered'
    const mayResolve = view.state === 'mitigated' || isGivenUp || isWell
    return mayResolve && view.state !== 'closed' ? { type: 'resolve', reason: 'well' } : null
  }

  /** A careful commander settles what is open, resolves and closes. */
  finish(): void {
    const { scheduler } = this.#world
    const step = (): void => {
      const body = this.#ending()
      if (body) this.#say({ name: 'ann', role: 'commander' }, body)
      scheduler.after(CLOSE_EVERY_MS, step)
    }
    this.#world.directory.setKillSwitch(false)
    this.#world.shop.repair(this.#world.at)
    step()
  }

  #ending(): PersonCommand | null {
    const { view } = this.#world.shell.state
    const open = view.proposals.findLast(({ status }) => status === 'awaiting-approval' || status === 'outcome-unknown')
    if (open?.status === 'outcome-unknown')
      return { type: 'settle-outcome', proposal: open.id, outcome: this.#truth(open), reason: 'looked at it' }
    if (open) return { type: 'reject', proposal: open.id, digest: open.digest, reason: 'it is over' }
    if (view.state === 'resolved') return { type: 'close', reason: 'over' }
    return view.state === 'closed' ? null : { type: 'resolve', reason: 'over' }
  }

  #turn(person: Person): void {
    const { scheduler, shell } = this.#world
    scheduler.after(this.#chance.whole(2_000, 45_000), () => {
      if (!this.#acting) return
      if (shell.up && shell.state.view.head) {
        for (const { id, digest } of shell.state.view.proposals)
          if (!this.#digests.some((known) => known.digest === digest)) this.#digests.push({ proposal: id, digest })
        const body = this.#choice()
        if (body) this.#say(person, body)
      }
      this.#turn(person)
    })
  }

  #choice(): PersonCommand | null {
    const { trouble, shell } = this.#world
    const { view } = shell.state
    const last = view.proposals.at(-1)
    const roll = this.#chance.next()
    if (last?.status === 'awaiting-approval' && roll < 0.55) {
      const { id, digest } = last
      if (roll < 0.42) return { type: 'approve', proposal: id, digest, reason: 'go' }
      if (roll < 0.48) return { type: 'request-changes', proposal: id, digest, wants: this.#wants(), reason: 'not so' }
      return { type: 'reject', proposal: id, digest, reason: 'no' }
    }
    const step = last?.steps?.find(({ state }) => state === 'running')
    if (last && step && roll < 0.5)
      return {
        type: 'complete-step',
        proposal: last.id,
        step: step.id,
        outcome: roll < 0.42 ? 'done' : 'could-not',
        reason: 'by hand',
      }
    if (last && (last.status === 'verifying' || last.status === 'done') && roll < 0.12)
      return { type: 'undo', proposal: last.id, digest: last.digest, reason: 'take it back' }
    if (last?.status === 'outcome-unknown' && roll < 0.4)
      return { type: 'settle-outcome', proposal: last.id, outcome: this.#truth(last), reason: 'looked at it' }
    if (roll > 0.93 && this.#digests.length > 0)
      return { type: 'approve', ...trouble.pick(this.#digests), reason: 'old' }
    if (roll > 0.9)
      return { type: 'approve', proposal: last?.id ?? 'prp_none', digest: 'f'.repeat(64), reason: 'guess' }
    if (roll > 0.82) return this.#own()
    if (roll > 0.78) return { type: 'acknowledge' }
    if (roll > 0.74) return { type: 'add-note', text: `I see it too, ${(this.#count += 1)}` }
    if (roll > 0.72) return { type: 'mitigate', reason: 'by hand' }
    if (roll > 0.7) return { type: 'resolve', reason: 'looks fine' }
    if (roll > 0.69) return { type: 'close', reason: 'done' }
    if (roll > 0.68) return this.#control()
    return null
  }

  #control(): PersonCommand {
    const { stops, dryRun } = this.#world.shell.state.view
    const chosen = this.#chance.next() < 0.7 ? 'kill-switch' : 'dry-run'
    // Whoever finds one on lets go of that first.
    const control = stops.incident !== null ? 'kill-switch' : dryRun.incident !== null ? 'dry-run' : chosen
    const isOn = (control === 'kill-switch' ? stops.incident : dryRun.incident) !== null
    return { type: 'set-incident-control', control, on: !isOn, reason: 'just here' }
  }

  #wants(): Record<string, number | string> {
    return this.#world.trouble.pick([{}, { pool_limit: 30 }, { pool_limit: 60 }, { pool_limit: 500 }, { force: 1 }])
  }

  #own(): PersonCommand {
    const choose = <T>(items: readonly T[]): T => this.#world.trouble.pick(items)
    const { cure, target: ill } = this.#world.shop.story
    const runbook = choose([cure, cure, 'scale-out', 'drop-sessions', 'call-the-owner', 'guesswork'])
    const target = choose([ill, ill, 'checkout', 'orders-db', 'payroll'])
    return {
      type: 'decide-myself',
      runbook,
      target,
      parameters: runbook === 'raise-pool-limit' ? { pool_limit: choose([25, 40, 60, 500]) } : {},
      confirm: choose([target, target, 'yes']),
      passed: CLAUSES.filter(() => this.#chance.next() < 0.6),
      reason: 'I know this one',
    }
  }

  /** What a person finds who goes and looks. */
  #truth(proposal: Proposal): 'it-ran' | 'it-did-not' {
    const key = (proposal.undo ?? proposal.execution)?.key ?? ''
    return (this.#world.driver.effects.get(key) ?? 0) > 0 ? 'it-ran' : 'it-did-not'
  }

  #say(person: Person, body: PersonCommand): void {
    const id = `person:${person.name}:${(this.#count += 1)}`
    if (body.type === 'undo') this.undone.add(`${person.name} ${body.proposal}`)
    if (body.type === 'approve' || body.type === 'reject' || body.type === 'request-changes')
      this.decided.add([person.name, body.type, body.proposal, body.digest].join(' '))
    const { scheduler, shell, trouble, laws } = this.#world
    const send = (): void => {
      if (trouble.happens('dropped')) return scheduler.after(AGAIN_MS, send)
      const by = { kind: 'person', name: person.name } as const
      const answer = shell.submit({ id, by, role: person.role, body, settles: null })
      laws.answered(answer)
      if (answer === null || trouble.happens('unanswered')) return scheduler.after(AGAIN_MS, send)
      if (trouble.happens('doubled')) scheduler.after(this.#chance.whole(1, 30_000), send)
    }
    scheduler.after(this.#chance.whole(1, 60), send)
  }
}
