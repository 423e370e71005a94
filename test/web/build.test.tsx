// @vitest-environment node
import { type Rolldown, build } from 'vite'
import { beforeAll, describe, expect, it } from 'vitest'
import headers from '../../web/public/_headers?raw'

/** What /ops may load before it shows anything, gzip (the performance bar of the page). */
const ENTRY_GZIP_BYTES_MAX = 90_000

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

describe('the built page', () => {
  it('[UI90] what /ops loads first is at most 90 kB of gzip; the chart’s code comes later', async () => {
    const entry = chunks().find((chunk) => chunk.isEntry)
    const first = chunks().filter((chunk) => chunk === entry || entry?.imports.includes(chunk.fileName))
    const sizes = await Promise.all(first.map((chunk) => gzipBytes(chunk.code)))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(ENTRY_GZIP_BYTES_MAX)
    expect(first.some((chunk) => Object.keys(chunk.modules).some((id) => id.includes('uplot')))).toBe(false)
    expect(chunks().some((chunk) => Object.keys(chunk.modules).some((id) => id.includes('uplot')))).toBe(true)
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
