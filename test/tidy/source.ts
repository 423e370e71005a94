import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'vite'

export const ROOT = join(import.meta.dirname, '../..')

/** A node of the syntax tree; only what the rules look at is typed. */
export interface Node {
  type: string
  start: number
  [key: string]: unknown
}

export interface Source {
  /** from the root of the checkout, with forward slashes. */
  path: string
  text: string
  /** null for what is not TypeScript or JavaScript. */
  tree: Node | null
}

/** Every file that is or could be committed: what git knows and what it does not ignore. */
export function projectFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 50_000_000,
  })
  // A file that is deleted but not committed yet is still listed.
  return [...new Set(listed.split('\n'))].filter((path) => path !== '' && existsSync(join(ROOT, path))).sort()
}

export function readSource(path: string): Source {
  return parseSource(path, readFileSync(join(ROOT, path), 'utf8'))
}

/** Throws on a syntax error: a file that cannot be read cannot be tidy. */
export function parseSource(path: string, text: string): Source {
  const lang = /\.(tsx?|jsx?|mjs)$/.exec(path)?.[1]
  if (lang === undefined) return { path, text, tree: null }
  const tree = parseAst(text, { lang: lang === 'mjs' ? 'js' : (lang as 'ts' | 'tsx' | 'js' | 'jsx') }, path)
  return { path, text, tree: tree as unknown as Node }
}

/** Visits each node before its children; a visitor that answers false is not led into them. */
export function walk(node: Node, visit: (node: Node, parent: Node | null) => boolean | void): void {
  descend(node, null)

  function descend(current: Node, parent: Node | null): void {
    if (visit(current, parent) === false) return
    for (const value of Object.values(current)) {
      if (Array.isArray(value)) {
        for (const item of value) if (isNode(item)) descend(item, current)
      } else if (isNode(value)) descend(value, current)
    }
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

export function lineOf(source: Source, node: Node): number {
  return source.text.slice(0, node.start).split('\n').length
}

/** The text of a string literal or of a template without values; null for anything else. */
export function literal(node: unknown): string | null {
  if (!isNode(node)) return null
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value']
  if (node.type !== 'TemplateLiteral') return null
  const quasis = node['quasis'] as { value: { cooked: string } }[]
  return quasis.map((quasi) => quasi.value.cooked).join('…')
}
