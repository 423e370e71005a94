import type { RefusalReason } from '../protocol/commands.ts'

/** What a command came to. */
export type Answer = { ok: true; seq: number } | { ok: false; reason: RefusalReason; detail: string; seq: number }

/** Answers remembered per room: an hour of the fastest client allowed, several times over. Older ones are forgotten. */
export const ANSWERS_REMEMBERED_MAX = 20_000

/** The first answer to a command id, or null for a new one. */
export function answerOf(sql: SqlStorage, id: string): Answer | null {
  const row = sql.exec<{ answer: string }>('SELECT answer FROM answers WHERE id = ?', id).toArray()[0]
  return row ? (JSON.parse(row.answer) as Answer) : null
}

/** Remembers an answer, also a refusal: the same id is never decided twice. */
export function rememberAnswer(sql: SqlStorage, id: string, answer: Answer): void {
  const last = sql.exec<{ n: number | null }>('SELECT max(n) AS n FROM answers').one().n ?? 0
  sql.exec('INSERT INTO answers (id, n, answer) VALUES (?, ?, ?)', id, last + 1, JSON.stringify(answer))
  sql.exec('DELETE FROM answers WHERE n <= ?', last + 1 - ANSWERS_REMEMBERED_MAX)
}
