import { LineCounter, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { FieldProblem } from '../errors.ts'

/** A catalogue as a text: its JSON, and where in what was written a JSON pointer leads. */
export type Document =
  | { ok: true; json: string; place: (pointer: string) => { line: number; column: number } | null }
  | { ok: false; problems: FieldProblem[] }

/** Aliases that a document may use: fifty services that share a list of SLOs, not a billion laughs. */
const ALIASES_MAX = 100
const PROBLEMS_MAX = 20

/** What was sent as JSON. Places are pointers alone: a program wrote it. */
export function jsonDocument(text: string): Document {
  return { ok: true, json: text, place: () => null }
}

/**
 * YAML 1.2 (core schema): no merge keys, no tags of its own, no key twice, strings for keys. What it means is its JSON;
 * each value still knows its line.
 */
export function yamlDocument(text: string): Document {
  const lines = new LineCounter()
  const document = attempt(() => parse(text, lines))
  if (!document) return endless
  const { contents } = document
  const faults = [
    ...[...document.errors, ...document.warnings].map(({ message, pos }) => ({ says: message, offset: pos[0] })),
    ...keysTwice(contents),
  ]
  if (faults.length > 0)
    return {
      ok: false,
      problems: faults.slice(0, PROBLEMS_MAX).map(({ says, offset }) => ({ at: '', says, ...at(offset) })),
    }
  const json = attempt(() => JSON.stringify(document.toJS({ maxAliasCount: ALIASES_MAX }) ?? null))
  if (json === undefined) return endless
  return { ok: true, json, place: (pointer) => placeOf(pointer) }

  function at(offset: number): { line: number; column: number } {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }

  // As far as the document goes: what is missing is said where it should stand.
  function placeOf(pointer: string): { line: number; column: number } | null {
    let node: unknown = contents
    let offset = 0
    for (const step of stepsOf(pointer)) {
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step)
        if (!pair) break
        offset = startOf(pair.key) ?? offset
        node = pair.value
      } else if (isSeq(node)) {
        node = node.items[Number(step)]
        offset = startOf(node) ?? offset
      } else break
    }
    return at(offset)
  }
}

function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] } | null | undefined)?.range?.[0]
}

const endless: Document = { ok: false, problems: [{ at: '', says: 'its aliases or its depth have no end' }] }

function parse(text: string, lineCounter: LineCounter) {
  return parseDocument(text, {
    version: '1.2',
    schema: 'core',
    lineCounter,
    strict: true,
    // Looked at here: the package compares each key with every other one.
    uniqueKeys: false,
    stringKeys: true,
    merge: false,
    resolveKnownTags: false,
    prettyErrors: false,
  })
}

/** Keys that stand twice in one mapping, where they stand again. */
function keysTwice(root: unknown): { says: string; offset: number }[] {
  const found: { says: string; offset: number }[] = []
  const todo = [root]
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (isSeq(node)) for (const item of node.items) todo.push(item)
    if (!isMap(node)) continue
    const seen = new Set<string>()
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : ''
      if (seen.has(name)) found.push({ says: 'this key stands there twice', offset: startOf(key) ?? 0 })
      seen.add(name)
      todo.push(value)
    }
  }
  return found
}

/** Undefined for what is nested so deep that reading it ends in the stack. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
