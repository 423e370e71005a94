// name = "LOG"
// class_name = "Log"
// The crash lab's negative control: it keeps alerts as a careless object would, answering first and storing later. If
// the lab finds nothing lost here, the lab cannot see a loss. Not product code.
import { DurableObject } from 'cloudflare:workers'

/** How long it sits on what it has already acknowledged. */
const LAZY_MS = 200

export class Log extends DurableObject {
  kept = []

  async fetch(request) {
    this.ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS alerts (fingerprint TEXT PRIMARY KEY)')
    if (request.method === 'GET') {
      const rows = this.ctx.storage.sql.exec('SELECT fingerprint FROM alerts').toArray()
      return Response.json(rows.map((row) => row.fingerprint))
    }
    const { alerts } = await request.json()
    if (this.kept.length === 0) setTimeout(() => this.flush(), LAZY_MS)
    this.kept.push(...alerts.map((alert) => alert.fingerprint))
    return new Response(null, { status: 200 })
  }

  flush() {
    for (const fingerprint of this.kept)
      this.ctx.storage.sql.exec('INSERT OR IGNORE INTO alerts VALUES (?)', fingerprint)
    this.kept = []
  }
}

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === '/livez') return Response.json({ ok: true })
    return env.LOG.getByName('one').fetch(request)
  },
}
