import { canonical } from '../../protocol/canonical.ts'
import type { Catalogue } from '../../protocol/domain.ts'

/** One difference of two catalogues, at the place a person would name: `services/checkout/tier`. */
export interface CatalogueChange {
  kind: 'added' | 'removed' | 'changed'
  at: string
  /** undefined where it was not, or no longer is, there. */
  before?: unknown
  after?: unknown
}

/** A value in a sentence is cut at this many characters; the change itself holds all of it. */
const VALUE_CHARS_MAX = 80
/** The names that entries of a list go by, in order of preference. */
const KEYS = ['id', 'name', 'service', 'severity'] as const

/**
 * What changes from one catalogue to the next. Entries of a list are told apart by their id or name, wherever they stand,
 * so that one more service is one change; lists of words are compared as sets, then by order.
 */
export function diffCatalogues(before: Catalogue, after: Catalogue): CatalogueChange[] {
  const changes: CatalogueChange[] = []
  compare(before, after, '', changes)
  return changes
}

/** The change as a line: `~ services/checkout/tier: 1 → 2`. */
export function sayChange({ kind, at, before, after }: CatalogueChange): string {
  if (kind === 'added') return `+ ${at}${entry(after)}`
  if (kind === 'removed') return `- ${at}${entry(before)}`
  return `~ ${at}: ${brief(before)} → ${brief(after)}`
}

function compare(before: unknown, after: unknown, at: string, changes: CatalogueChange[]): void {
  if (before === undefined) changes.push({ kind: 'added', at, after })
  else if (after === undefined) changes.push({ kind: 'removed', at, before })
  else if (Array.isArray(before) && Array.isArray(after)) compareLists(before, after, at, changes)
  else if (isRecord(before) && isRecord(after))
    compareMembers(new Map(Object.entries(before)), new Map(Object.entries(after)), at, changes)
  else if (canonical(before) !== canonical(after)) changes.push({ kind: 'changed', at, before, after })
}

function compareLists(before: unknown[], after: unknown[], at: string, changes: CatalogueChange[]): void {
  const count = changes.length
  const [was, is] = [keyed(before), keyed(after)]
  if (was && is) compareMembers(was, is, at, changes)
  else if (before.every(isWord) && after.every(isWord)) compareWords(before, after, at, changes)
  else if (canonical(before) !== canonical(after)) changes.push({ kind: 'changed', at, before, after })
  // Order alone: for runbooks it is preference, so it is said.
  if (changes.length === count && canonical(before) !== canonical(after))
    changes.push({ kind: 'changed', at: `${at} (order)`, before: order(before), after: order(after) })
}

function compareMembers(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
  at: string,
  changes: CatalogueChange[],
): void {
  for (const name of new Set([...before.keys(), ...after.keys()]))
    compare(before.get(name), after.get(name), at === '' ? name : `${at}/${name}`, changes)
}

function compareWords(before: unknown[], after: unknown[], at: string, changes: CatalogueChange[]): void {
  for (const word of new Set(before)) if (!after.includes(word)) changes.push({ kind: 'removed', at, before: word })
  for (const word of new Set(after)) if (!before.includes(word)) changes.push({ kind: 'added', at, after: word })
}

/** The list by the name of each entry; null where an entry has none or two have the same. */
function keyed(list: readonly unknown[]): Map<string, unknown> | null {
  const named = new Map<string, unknown>()
  for (const item of list) {
    const name = isRecord(item) ? nameOf(item) : null
    if (name === null || named.has(name)) return null
    named.set(name, item)
  }
  return named
}

function nameOf(item: Record<string, unknown>): string | null {
  const key = KEYS.find((key) => typeof item[key] === 'string')
  return key === undefined ? null : String(item[key])
}

function order(list: readonly unknown[]): unknown[] {
  return list.map((item) => (isRecord(item) ? (nameOf(item) ?? item) : item))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isWord(value: unknown): boolean {
  return value === null || typeof value !== 'object'
}

// A whole entry is named by its place; a word or a figure is said.
function entry(value: unknown): string {
  return isWord(value) ? `: ${brief(value)}` : ''
}

function brief(value: unknown): string {
  const text = canonical(value)
  return text.length <= VALUE_CHARS_MAX ? text : `${text.slice(0, VALUE_CHARS_MAX)}…`
}
