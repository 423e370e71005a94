import type { Action } from '../../durable/protocol/domain.ts'
import type { Model } from '../../scenarios/scenario.ts'
import { type Played, mean, play, valuesOf } from './play.ts'

export const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1)

export const action = (type: string, target: string, parameters: Action['parameters'] = {}): Action => ({
  runbook: type,
  type,
  target,
  parameters,
})

/** Plays to a second, acts, and plays on for four minutes. */
export function actAt(model: Model, second: number, act: Action | null): { played: Played; applied: boolean } {
  const played = play(model, 0, second)
  const { applied } = act === null ? { applied: false } : model.apply(act)
  return { played: play(model, second, second + 240, 0, played), applied }
}

/** Failed requests a second over the whole world, on average from a second until another. */
export function failures(model: Model, played: Played, from: number, until: number): number {
  return model.world.services.reduce((sum, { id }) => {
    const rates = valuesOf(played, id, 'rate', from, until)
    const errors = valuesOf(played, id, 'errors', from, until)
    return sum + mean(rates.map((rate, at) => rate * (errors[at] ?? 0)))
  }, 0)
}
