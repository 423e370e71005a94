import { type Node, type Source, isNode, literal, walk } from './source.ts'

const RULE = /^- \*\*([A-Z]{2}\d+)\*\* /gm
const CITED = /\[([A-Z]{2}\d+)\]/g

/** The ids of SPEC.md's rules, in its order, with repeats kept. */
export function ruleIds(spec: string): string[] {
  return [...spec.matchAll(RULE)].map((match) => match[1] ?? '')
}

export interface Title {
  path: string
  title: string
  ids: string[]
}

/** The titles of a test file's tests: the first argument of whatever is called on `test` or `it`. */
export function testTitles(source: Source): Title[] {
  if (!source.tree) return []
  const titles: Title[] = []
  walk(source.tree, (node) => {
    if (node.type !== 'CallExpression' || !isTest(node['callee'])) return
    const title = literal((node['arguments'] as Node[])[0])
    if (title === null) return
    const ids = [...title.matchAll(CITED)].map((match) => match[1] ?? '')
    titles.push({ path: source.path, title, ids })
  })
  return titles
}

/** One sentence for each rule without a test, each title with an unknown id and each title without one. */
export function specProblems(rules: string[], titles: Title[]): string[] {
  const known = new Set(rules)
  const cited = new Set(titles.flatMap((title) => title.ids))
  return [
    ...rules.filter((id, index) => rules.indexOf(id) !== index).map((id) => `${id} stands twice in SPEC.md`),
    ...[...known].filter((id) => !cited.has(id)).map((id) => `${id} has no test`),
    ...titles.flatMap(({ path, title, ids }) => {
      if (!/^\[[A-Z]{2}\d+\]/.test(title)) return [`${path}: "${title}" does not start with the id of its rule`]
      return ids.filter((id) => !known.has(id)).map((id) => `${path}: "${title}" cites ${id}, which is no rule`)
    }),
  ]
}

/** `test(…)`, `it(…)`, `test.each(…)(…)`, `test.skipIf(…)(…)`; not `test.each` alone, whose argument is a table. */
function isTest(callee: unknown): boolean {
  if (!isNode(callee)) return false
  if (callee.type === 'Identifier') return callee['name'] === 'test' || callee['name'] === 'it'
  if (callee.type === 'CallExpression') return isModified(callee['callee'])
  return (
    callee.type === 'MemberExpression' &&
    ['only', 'skip', 'fails', 'concurrent'].includes(nameOf(callee)) &&
    isTest(callee['object'])
  )
}

function isModified(callee: unknown): boolean {
  return isNode(callee) && callee.type === 'MemberExpression' && isTest(callee['object'])
}

function nameOf(member: Node): string {
  return isNode(member['property']) ? String(member['property']['name']) : ''
}
