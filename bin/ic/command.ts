import type { Api } from './api.ts'
import type { Asker } from './ask.ts'
import type { Settings } from './config.ts'
import { type ExitCode, usage } from './exit.ts'
import type { Options } from './options.ts'
import type { Output } from './output.ts'

/** What a command works with. `api` and `settings` are read when first asked for: `ic replay` needs neither. */
export interface Context {
  args: readonly string[]
  readonly text: (option: string) => string | undefined
  readonly flag: (option: string) => boolean
  out: Output
  ask: Asker
  readonly settings: () => Settings
  readonly api: () => Api
  dryRun: boolean
}

export interface Command {
  name: string
  /** its arguments as help shows them. */
  takes: string
  args: { min: number; max: number }
  says: string
  /** more lines of help. */
  more?: readonly string[]
  /** as somebody would type it. */
  example: string
  options: Options
  /** words that complete its first argument. */
  words?: readonly string[]
  run(context: Context): Promise<ExitCode | void>
}

/** An option's whole number within bounds, or what stands where it is not given. */
export function numberIn(context: Context, option: string, min: number, max: number, otherwise: number): number {
  const text = context.text(option)
  if (text === undefined) return otherwise
  if (!/^\d{1,15}$/.test(text) || Number(text) < min || Number(text) > max)
    throw usage(`--${option} is a whole number, ${min} to ${max}`)
  return Number(text)
}

/** An option that must be one of some words. */
export function wordIn<T extends string>(context: Context, option: string, words: readonly T[], otherwise: T): T {
  const text = context.text(option)
  if (text === undefined) return otherwise
  const word = words.find((one) => one === text)
  if (word === undefined) throw usage(`--${option} is one of ${words.join(', ')}`)
  return word
}

/** Every value of an option that may be given again and again. */
export function manyIn(context: Context, option: string): string[] {
  return context.text(option)?.split('\n') ?? []
}

const DURATION = /^(\d{1,6})([smhd])$/
const UNIT_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/i

/** An option's duration (`90s`, `45m`, `2h`, `3d`) in ms; undefined where it is not given. */
export function durationIn(context: Context, option: string): number | undefined {
  const text = context.text(option)
  if (text === undefined) return undefined
  const [, count, unit] = DURATION.exec(text) ?? []
  const ms = Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN)
  if (!(ms > 0)) throw usage(`--${option} is a duration: 90s, 45m, 2h, 3d`)
  return ms
}

/** An option's instant as RFC 3339: written so, or as a duration from now. Undefined where it is not given. */
export function instantIn(context: Context, option: string): string | undefined {
  const text = context.text(option)
  if (text === undefined) return undefined
  if (DURATION.test(text)) return new Date(Date.now() + (durationIn(context, option) ?? 0)).toISOString()
  const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw usage(`--${option} is an instant (2026-11-23T09:00:00Z) or a duration from now (2h)`)
  return new Date(at).toISOString()
}

const ID = /^inc_[a-z0-9-]{6,80}$/

export function isIncidentId(text: string): boolean {
  return ID.test(text)
}

/** An incident's id from the arguments; refused before anything is asked. */
export function incidentIn(context: Context, index = 0): string {
  const id = context.args[index] ?? ''
  if (!isIncidentId(id))
    throw usage(`${id || 'nothing'} is no incident`, 'Ids look like inc_1a2b3c4d5e6f; `ic list` shows them.')
  return id
}
