import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'
import { sha256Hex } from '../auth/token.ts'
import { etagOf, isHeld } from '../middleware/etag.ts'
import { openapi } from '../openapi/document.ts'
import { DOCS_STYLE, docsPage } from '../openapi/page.ts'

/** The one page that the Worker itself answers: its own style sheet, and nothing else loads or runs. */
export const DOCS_POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const TAG_CHARS = 32

let document: { text: string; etag: string } | null = null

/** `GET /openapi.json`: the description of this API, generated from what validates it. */
export function openapiJson(c: Context<AppEnv>): Response {
  if (document === null) {
    const text = JSON.stringify(openapi())
    document = { text, etag: etagOf(sha256Hex(text).slice(0, TAG_CHARS)) }
  }
  c.header('etag', document.etag)
  if (isHeld(c, document.etag)) return c.body(null, 304)
  return c.body(document.text, 200, { 'content-type': 'application/json' })
}

/** `GET /docs`: the same, to read. */
export function docs(c: Context<AppEnv>): Response {
  return c.body(docsPage(), 200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': DOCS_POLICY })
}

/** `GET /docs/style.css`. */
export function docsStyle(c: Context<AppEnv>): Response {
  return c.body(DOCS_STYLE, 200, { 'content-type': 'text/css; charset=utf-8' })
}
