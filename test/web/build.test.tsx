// @vitest-environment node
import { type Rolldown, build } from 'vite'
import { beforeAll, describe, expect, it } from 'vitest'
import headers from '../../web/public/_headers?raw'

/** What /ops may load before it shows anything, gzip (the performance bar of the page). */
const ENTRY_GZIP_BYTES_MAX = 90_000
/** The same for /transparency. */
const TRANSPARENCY_GZIP_BYTES_MAX = 50_000

async function gzipBytes(text: string): Promise<number> {
  const zipped = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return (await new Response(zipped).arrayBuffer()).byteLength
}

let files: (Rolldown.OutputChunk | Rolldown.OutputAsset)[] = []

beforeAll(async () => {
  const built = await build({
    configFile: 'web/vite.config.ts',
    logLevel: 'silent',
    build: { write: false, minify: true },
  })
  if (!('output' in built)) throw new Error('one output was expected')
  files = [...built.output]
}, 60_000)

const chunks = () => files.flatMap((file) => (file.type === 'chunk' ? [file] : []))
const asset = (ending: string) =>
  files.flatMap((file) => (file.type === 'asset' && file.fileName.endsWith(ending) ? [String(file.source)] : []))

/** The entry, a page's own chunk, and whatever either imports before it can run. */
function firstOf(page: string) {
  const start = chunks().filter((chunk) => chunk.isEntry || chunk.facadeModuleId?.endsWith(page))
  const first = new Set(start.map((chunk) => chunk.fileName))
  for (const name of first) {
    const chunk = chunks().find(({ fileName }) => fileName === name)
    for (const imported of chunk?.imports ?? []) first.add(imported)
  }
  return chunks().filter(({ fileName }) => first.has(fileName))
}

async function gzipOf(first: Rolldown.OutputChunk[]): Promise<number> {
  const sizes = await Promise.all(first.map((chunk) => gzipBytes(chunk.code)))
  return sizes.reduce((sum, size) => sum + size, 0)
}

const holds = (chunk: Rolldown.OutputChunk, part: string) => Object.keys(chunk.modules).some((id) => id.includes(part))

describe('the built page', () => {
  it('[UI90] what /ops loads first is at most 90 kB of gzip; the chart’s code comes later', async () => {
    const first = firstOf('Operations.tsx')
    expect(first.some((chunk) => holds(chunk, 'dashboards/operations/Operations.tsx'))).toBe(true)
    expect(await gzipOf(first)).toBeLessThanOrEqual(ENTRY_GZIP_BYTES_MAX)
    expect(first.some((chunk) => holds(chunk, 'uplot'))).toBe(false)
    expect(chunks().some((chunk) => holds(chunk, 'uplot'))).toBe(true)
  })

  it('[UI145] what /transparency loads first is at most 50 kB of gzip; charts and checks come later', async () => {
    const first = firstOf('Transparency.tsx')
    expect(first.some((chunk) => holds(chunk, 'dashboards/transparency/Transparency.tsx'))).toBe(true)
    const bytes = await gzipOf(first)
    console.log(`/transparency loads ${bytes} bytes of gzip first, /ops ${await gzipOf(firstOf('Operations.tsx'))}`)
    expect(bytes).toBeLessThanOrEqual(TRANSPARENCY_GZIP_BYTES_MAX)
    for (const later of ['uplot', 'protocol/verify-log.ts', 'room/link.ts'])
      expect(first.some((chunk) => holds(chunk, later))).toBe(false)
  })

  it('[UI91] the page holds no inline script or style, and nothing is fetched from elsewhere', () => {
    const [html = ''] = asset('index.html')
    expect(html).toContain('<div id="app">')
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)|\son\w+=/)
    for (const text of [html, ...asset('.css')]) expect(text).not.toMatch(/(?:src|href|url)[=(]["']?(?:https?:)?\/\//)
    expect(asset('.css').join('')).not.toContain('@import')
  })

  it('[UI91] the states made by hand are not part of the build', () => {
    expect(chunks().some((chunk) => Object.keys(chunk.modules).some((id) => id.includes('/gallery/')))).toBe(false)
  })

  it('[UI92] the assets’ policy allows our own scripts, styles, fonts and sockets, and nothing inline', () => {
    const policy = /Content-Security-Policy: (.*)/.exec(headers)?.[1] ?? ''
    const directives = Object.fromEntries(
      policy.split(';').map((part) => [part.trim().split(' ')[0], part.trim().split(' ').slice(1)]),
    )
    expect(directives).toEqual({
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'font-src': ["'self'"],
      'connect-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
    })
    for (const line of [
      'X-Content-Type-Options: nosniff',
      'Referrer-Policy: no-referrer',
      'Cross-Origin-Opener-Policy: same-origin',
    ])
      expect(headers).toContain(line)
    expect(headers).toMatch(/\/assets\/\*\n\s+Cache-Control: .*immutable/)
  })
})
