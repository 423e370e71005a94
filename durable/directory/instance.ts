import { assert } from '../core/assert.ts'
import { readMeta, writeMeta } from './migrations.ts'
import { randomBody } from './random.ts'

/** The id of this installation, made once by the live directory and bound into every proposal's digest. */
export function makeInstance(sql: SqlStorage): string {
  const known = readMeta(sql, 'instance')
  if (known !== null) return known
  const made = `ins_${randomBody(16)}`
  writeMeta(sql, 'instance', made)
  return made
}

/** The instance as this directory knows it. A drill is told when its namespace opens; before that it takes no alert. */
export function instanceOf(sql: SqlStorage): string {
  const known = readMeta(sql, 'instance')
  assert(known !== null, 'a namespace knows its instance before its first incident')
  return known
}
