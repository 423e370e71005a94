import type { Reached } from './clients.ts'

/** What tests inside workerd are given of the fake beside them (`world` makes them one of their own); plain values alone get there. */
export interface Provided extends Reached {
  /** JSON of a script that has an answer for each operation. */
  script: string
  /** JSON of an input for each operation, `{"$bytes": base64}` and `{"$time": ISO}` for what JSON has no word for. */
  inputs: Record<string, string>
}

declare module 'vitest' {
  export interface ProvidedContext {
    aws: Provided
  }
}

/** The value that an input's JSON stands for, as a client takes it. */
export function revive(json: string): unknown {
  return JSON.parse(json, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if ('$bytes' in value) return Uint8Array.from(atob(String(value.$bytes)), (mark) => mark.charCodeAt(0))
    return '$time' in value ? new Date(String(value.$time)) : value
  })
}
