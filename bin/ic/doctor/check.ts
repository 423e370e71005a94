/** One thing that was looked at: how it stands, in words, and what to do where it does not stand well. */
export interface Check {
  name: string
  verdict: 'ok' | 'warn' | 'fail' | 'skip'
  says: string
  todo?: string
}

export const ok = (name: string, says: string): Check => ({ name, verdict: 'ok', says })
export const warn = (name: string, says: string, todo: string): Check => ({ name, verdict: 'warn', says, todo })
export const fail = (name: string, says: string, todo: string): Check => ({ name, verdict: 'fail', says, todo })
export const skip = (name: string, says: string): Check => ({ name, verdict: 'skip', says })

/** `90 s`, `12 min`, `5 h`, `3 d`. */
export function ago(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1_000))
  if (s < 120) return `${s} s`
  if (s < 7_200) return `${Math.round(s / 60)} min`
  return s < 172_800 ? `${Math.round(s / 3_600)} h` : `${Math.round(s / 86_400)} d`
}
