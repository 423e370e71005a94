import { existsSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { ROOT, type Node, type Source, isNode, lineOf, literal, walk } from './source.ts'

export interface Import {
  from: string
  /** as written. */
  specifier: string
  /** the project's file it names; null for packages and built-in modules. */
  to: string | null
  line: number
}

/** What a file names of other files: imports, re-exports, dynamic imports, and `new URL('./x', import.meta.url)`. */
export function importsOf(source: Source): Import[] {
  if (source.path.endsWith('.html')) return scriptsOf(source)
  if (source.path.endsWith('.css')) return sheetsOf(source)
  if (!source.tree) return []
  const found: Import[] = []
  walk(source.tree, (node) => {
    const specifier = specifierOf(node)
    if (specifier !== null) found.push(importOf(source.path, specifier, lineOf(source, node)))
  })
  return found
}

/** Files of the project that a source names in a string from the root: programs that are started, not imported. */
export function namedFiles(source: Source, files: ReadonlySet<string>): Import[] {
  if (!source.tree) return []
  const found: Import[] = []
  walk(source.tree, (node) => {
    const text = node.type === 'Literal' ? literal(node) : null
    const path = text?.replace(/^\.\//, '')
    if (path !== undefined && path !== source.path && files.has(path))
      found.push({ from: source.path, specifier: path, to: path, line: lineOf(source, node) })
  })
  return found
}

function specifierOf(node: Node): string | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return literal(node['source']) ?? literal(node['argument'])
    case 'NewExpression': {
      const callee = node['callee'] as Node
      const [first, second] = node['arguments'] as Node[]
      if (callee['name'] !== 'URL' || !isNode(second) || second.type !== 'MemberExpression') return null
      const path = literal(first)
      // `..` alone is a folder to stand in, no file.
      return path && /^\.{1,2}\/./.test(path) ? path : null
    }
    default:
      return null
  }
}

function scriptsOf(page: Source): Import[] {
  return [...page.text.matchAll(/<(?:script|link)[^>]*\s(?:src|href)="(\/src\/[^"]+|\.\/[^"]+)"/g)].map((match) => {
    const written = match[1] ?? ''
    return importOf(page.path, written.startsWith('/') ? `.${written}` : written, 1)
  })
}

function sheetsOf(sheet: Source): Import[] {
  return [...sheet.text.matchAll(/@import\s+(?:url\()?['"](\.[^'"]+)['"]/g)].map((match) =>
    importOf(sheet.path, match[1] ?? '', 1),
  )
}

function importOf(from: string, specifier: string, line: number): Import {
  const bare = specifier.replace(/[?#].*$/, '')
  return { from, specifier, to: bare.startsWith('.') ? resolve(from, bare) : null, line }
}

/** With extension as we write it; a bundler's page may leave it out. */
function resolve(from: string, specifier: string): string {
  const path = posix.normalize(posix.join(posix.dirname(from), specifier))
  for (const ending of ['', '.ts', '.tsx', '/index.ts', '/index.tsx']) {
    const full = join(ROOT, path + ending)
    if (existsSync(full) && statSync(full).isFile()) return path + ending
  }
  return path
}
