import { type Node, type Source, isNode, lineOf, walk } from './source.ts'

/** What has no place where the same log must always give the same room: clocks, timers, chance, the world outside. */
const OUTSIDE = new Set(
  'setTimeout setInterval setImmediate queueMicrotask performance crypto fetch console process globalThis WebSocket localStorage'.split(
    ' ',
  ),
)

/** One sentence for each use in core or protocol of what reads a clock, waits, rolls dice or reaches outside. */
export function impurities(source: Source): string[] {
  if (!source.tree) return []
  const found: string[] = []
  const say = (node: Node, what: string) => found.push(`${source.path}:${lineOf(source, node)} uses ${what}`)
  // protocol/verify* take SHA-256 and Ed25519 as arguments, and the browser's WebCrypto only has ones that wait.
  const mayWait = /^durable\/protocol\/verify(-[a-z]+)?\.ts$/.test(source.path)
  walk(source.tree, (node, parent) => {
    if (node.type === 'Identifier' && OUTSIDE.has(String(node['name'])) && isReference(node, parent))
      say(node, String(node['name']))
    if (isMember(node, 'Date', 'now')) say(node, 'Date.now')
    if (isMember(node, 'Math', 'random')) say(node, 'Math.random')
    if (node.type === 'NewExpression' && isName(node['callee'], 'Date') && (node['arguments'] as Node[]).length === 0)
      say(node, 'new Date()')
    if (node.type === 'CallExpression' && isName(node['callee'], 'Date')) say(node, 'Date()')
    if (mayWait) return
    if (node.type === 'AwaitExpression') say(node, 'await')
    if (node['async'] === true) say(node, 'async')
    if (node.type === 'NewExpression' && isName(node['callee'], 'Promise')) say(node, 'Promise')
  })
  return found
}

/** One sentence for each thing that no file of the project may hold. */
export function improprieties(source: Source): string[] {
  const found = textual(source)
  if (!source.tree) return found
  walk(source.tree, (node) => {
    const say = (what: string) => found.push(`${source.path}:${lineOf(source, node)} ${what}`)
    if (isMember(node, 'Math', 'random')) say('uses Math.random: chance comes from a seeded generator or from crypto')
    if (node.type === 'TSAnyKeyword') say('says any')
    if (node.type === 'TSNonNullExpression') say('says ! where a check or an assert belongs')
    if (node.type === 'ImportDeclaration' && isNode(node['source']) && node['source']['value'] === 'zod')
      say('imports zod whole (120 KiB): zod/mini')
  })
  return found
}

/** A folder of one person's or one machine's: nobody else has it. */
const MACHINE_PATH = new RegExp(`(?:^|[\\s"'\`(=:])/(?:${['work', 'root', 'home', 'Users'].join('|')})/`, 'm')
const SILENCED = new RegExp(`@ts-(?:${['ignore', 'nocheck', 'expect-error'].join('|')})`)

function textual(source: Source): string[] {
  const found: string[] = []
  if (MACHINE_PATH.test(source.text)) found.push(`${source.path} names a path of one machine`)
  if (source.tree && SILENCED.test(source.text)) found.push(`${source.path} silences the type checker`)
  return found
}

function isMember(node: Node, object: string, property: string): boolean {
  return node.type === 'MemberExpression' && isName(node['object'], object) && isName(node['property'], property)
}

function isName(node: unknown, name: string): boolean {
  return isNode(node) && node.type === 'Identifier' && node['name'] === name
}

/** False for `x.fetch`, `{ fetch: … }` and the like, where the word is a label and not the global. */
function isReference(node: Node, parent: Node | null): boolean {
  if (!parent) return true
  if (parent.type.startsWith('TS')) return false
  if (parent.type === 'MemberExpression') return parent['object'] === node || parent['computed'] === true
  if (parent.type === 'Property' || parent.type === 'PropertyDefinition' || parent.type === 'MethodDefinition')
    return parent['value'] === node
  return true
}
