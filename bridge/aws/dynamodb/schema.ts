/**
 * The table's words, shared by what makes the table (infra) and what writes it (the bridge). One table, two indexes:
 *
 * | item | pk | sk | gsi1pk / gsi1sk | gsi2pk / gsi2sk |
 * | --- | --- | --- | --- | --- |
 * | incident | `INC#<id>` | `META` | `SVC#<service>` / `<openedAt>#<id>` | `DAY#<yyyy-mm-dd>` / `<sev>#<openedAt>#<id>` |
 * | piece of the log | `INC#<id>` | `TL#<0001>` | - | - |
 * | approval | `INC#<id>` | `AU#<seq>` | - | - |
 * | pattern | `MEM#<agent>` | `PAT#<pattern>` | `PAT#<pattern>` / `<agent>` | - |
 * | outcome | `MEM#<agent>` | `OUT#<pattern>#<incident>` | - | - |
 *
 * The status is in no key: an index key that changes costs two writes.
 */

/** The key attributes of the table and of its two indexes; all are strings. */
export const KEYS = {
  table: { partition: 'pk', sort: 'sk' },
  byService: { partition: 'gsi1pk', sort: 'gsi1sk' },
  byDay: { partition: 'gsi2pk', sort: 'gsi2sk' },
} as const

/** Index names. `byService` also finds who knows a pattern. */
export const INDEXES = { byService: 'gsi1', byDay: 'gsi2' } as const

/** What both indexes carry beside keys: a row of the history, so that a list reads nothing else. */
export const PROJECTED = ['title', 'sev', 'status', 'openedAt', 'closedAt', 'service'] as const

/** Attributes with a meaning to the table or to the order of writes. */
export const ATTRIBUTES = {
  /** epoch seconds after which DynamoDB may take the item away; on incidents, never on memory. */
  expires: 'ttl',
  /** given by the room, always growing: a late older write is refused by its condition. */
  version: 'ver',
  /** of the item's shape. */
  schema: 'schema',
  /** the packed bytes of a piece of the log. */
  bytes: 'bytes',
} as const

/** What a partition key begins with, by what it names. */
export const PARTITIONS = { incident: 'INC#', memory: 'MEM#', service: 'SVC#', day: 'DAY#', pattern: 'PAT#' } as const

/** What a sort key is or begins with. */
export const SORTS = { meta: 'META', timeline: 'TL#', audit: 'AU#', pattern: 'PAT#', outcome: 'OUT#' } as const

/** How long an incident stays, in days: thirteen months, so that a year compares with the year before. */
export const INCIDENT_KEPT_DAYS = 400
