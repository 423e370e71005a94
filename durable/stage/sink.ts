import type { NotifyMessage } from '../protocol/ports.ts'

/** Messages kept of one drill, the newest; an incident makes a hundred pages at most. */
const MESSAGES_MAX = 1_000

/** Keeps what would have been said; the same id is the same message. */
export function keepMessage(sql: SqlStorage, message: NotifyMessage): void {
  sql.exec('INSERT OR IGNORE INTO notified (id, json) VALUES (?, ?)', message.id, JSON.stringify(message))
  sql.exec('DELETE FROM notified WHERE n <= (SELECT max(n) FROM notified) - ?', MESSAGES_MAX)
}

/** What was kept, in the order in which it came. */
export function messages(sql: SqlStorage): NotifyMessage[] {
  return sql
    .exec<{ json: string }>('SELECT json FROM notified ORDER BY n')
    .toArray()
    .map(({ json }) => JSON.parse(json) as NotifyMessage)
}
