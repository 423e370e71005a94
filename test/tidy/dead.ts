import type { Import } from './imports.ts'

/** Where running starts: what a command, a config, the runtime or a browser loads by name. */
const ENTRIES = [
  /^worker\/index\.ts$/,
  /^web\/[a-z]+\.html$/,
  /^infra\/(?:app\.ts|run\.mjs|scripts\/[a-z-]+\.ts)$/,
  /^bin\/(?:start|build-web|ic)\.mjs$/,
  /^test\/run\.mjs$/,
  /^test\/[a-z]+\/run\.ts$/,
  /\.test\.tsx?$/,
  /^(?:web\/vite|vitest)\.config\.ts$/,
]
const CODE = /\.(?:ts|tsx|mjs|js|css|html)$/

/** Files of code that nothing reaches from where running starts. */
export function deadFiles(files: string[], imports: Import[]): string[] {
  const next = new Map<string, string[]>()
  for (const { from, to } of imports) if (to !== null) next.set(from, [...(next.get(from) ?? []), to])
  const alive = new Set<string>()
  const todo = files.filter((file) => ENTRIES.some((entry) => entry.test(file)))
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (alive.has(file)) continue
    alive.add(file)
    todo.push(...(next.get(file) ?? []))
  }
  return files.filter((file) => CODE.test(file) && !file.endsWith('.d.ts') && !alive.has(file))
}
