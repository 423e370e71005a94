// name = "INGEST"
// class_name = "Ingest"
// The least a durable intake can be: one object that stores each alert and counts its group, one transaction a post.
// What the product adds (journal, merge, correlation, rooms) is measured against it in the same run. Not product code.
import { DurableObject } from 'cloudflare:workers'
import { createHash } from 'node:crypto'

export class Ingest extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env)
    ctx.storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS alerts (seq INTEGER PRIMARY KEY AUTOINCREMENT, fp TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS groups (fp TEXT PRIMARY KEY, n INTEGER NOT NULL, last INTEGER NOT NULL)`)
  }

  async fetch(request) {
    const { sql } = this.ctx.storage
    if (request.method === 'GET') return Response.json(sql.exec('SELECT count(*) AS n FROM alerts').one())
    const list = await request.json()
    const at = Date.now()
    for (const alert of list) {
      const pairs = Object.keys(alert.labels)
        .sort()
        .map((name) => `${name}=${alert.labels[name]}`)
      const fp = createHash('sha256').update(pairs.join('\n')).digest('hex').slice(0, 32)
      sql.exec('INSERT INTO alerts (fp, at, body) VALUES (?, ?, ?)', fp, at, JSON.stringify(alert))
      sql.exec(
        'INSERT INTO groups (fp, n, last) VALUES (?, 1, ?) ON CONFLICT (fp) DO UPDATE SET n = n + 1, last = excluded.last',
        fp,
        at,
      )
    }
    return Response.json({ accepted: list.length })
  }
}

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === '/livez') return Response.json({ ok: true })
    return env.INGEST.getByName('one').fetch(request)
  },
}
