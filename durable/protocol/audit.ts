import type { AuditEntry } from './access.ts'
import { canonical } from './canonical.ts'
import { CHAIN_START } from './verify.ts'

/** What the first entry of a registry follows on. */
export const AUDIT_START = { seq: 0, hash: CHAIN_START } as const

/** The text an entry's hash covers: the hash before it, and every other member of its own, also ones that are not ours. */
export function auditInput(previousHash: string, entry: Omit<AuditEntry, 'hash'>): string {
  return `${previousHash}\n${canonical({ ...entry, hash: undefined })}`
}

export type AuditVerdict =
  | { ok: true; head: string; count: number }
  | { ok: false; seq: number; reason: 'gap' | 'hash-differs' }

/**
 * Walks entries from an anchor (the start, or what the registry says its oldest kept entry follows on). It shows whether
 * a copy was altered; against whoever operates the Worker it proves nothing, who could write another chain.
 */
export function verifyAudit(
  entries: Iterable<AuditEntry>,
  sha256Hex: (text: string) => string,
  anchor: { seq: number; hash: string } = AUDIT_START,
): AuditVerdict {
  let { seq, hash: head } = anchor
  for (const entry of entries) {
    if (entry.seq !== seq + 1) return { ok: false, seq: entry.seq, reason: 'gap' }
    if (sha256Hex(auditInput(head, entry)) !== entry.hash) return { ok: false, seq: entry.seq, reason: 'hash-differs' }
    head = entry.hash
    seq = entry.seq
  }
  return { ok: true, head, count: seq - anchor.seq }
}
