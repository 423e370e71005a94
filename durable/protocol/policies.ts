import type { RiskClass, Vote, VoterName } from './domain.ts'

/** What a certificate needs, by the name of the policy that judged it. */
export interface CertificatePolicy {
  /** supporters and conditions of each risk class. */
  risk: Record<RiskClass, { supporters: number; nobodyOpposing: boolean; approvals: number }>
  required: readonly VoterName[]
  signed: boolean
}

const RISK: CertificatePolicy['risk'] = {
  reversible: { supporters: 3, nobodyOpposing: false, approvals: 1 },
  wider: { supporters: 3, nobodyOpposing: true, approvals: 1 },
  irreversible: { supporters: 4, nobodyOpposing: true, approvals: 2 },
}
const REQUIRED: readonly VoterName[] = ['diagnosis', 'resolution']

/**
 * The rules a second time, for whoever checks: a verifier does not ask the code that it judges, and a log of an earlier policy
 * is judged by that one. Append only.
 */
export const POLICIES: ReadonlyMap<string, CertificatePolicy> = new Map([
  ['policy-1', { risk: RISK, required: REQUIRED, signed: false }],
  ['policy-2', { risk: RISK, required: REQUIRED, signed: true }],
])

/** Why these counted votes carry nothing at this risk; null when they do. */
export function whyNotCarried(policy: CertificatePolicy, risk: RiskClass, votes: readonly Vote[]): string | null {
  const needs = policy.risk[risk]
  const supporters = new Set(votes.filter(({ vote }) => vote === 'support').map(({ voter }) => voter))
  if (supporters.size < needs.supporters) return `${supporters.size} of ${needs.supporters} supporters`
  const missing = policy.required.filter((voter) => !supporters.has(voter))
  if (missing.length > 0) return `without ${missing.join(' and ')}`
  return needs.nobodyOpposing && votes.some(({ vote }) => vote === 'oppose') ? 'somebody opposed' : null
}
