// The same work as ingest-floor.js on Node and SQLite with every commit on disk: node ingest-peer.ts PORT FILE
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'

const [port = '', file = ''] = process.argv.slice(2)
const database = new DatabaseSync(file)
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
database.exec(`
  CREATE TABLE IF NOT EXISTS alerts (seq INTEGER PRIMARY KEY AUTOINCREMENT, fp TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS groups (fp TEXT PRIMARY KEY, n INTEGER NOT NULL, last INTEGER NOT NULL)`)
const insert = database.prepare('INSERT INTO alerts (fp, at, body) VALUES (?, ?, ?)')
const group = database.prepare(
  'INSERT INTO groups (fp, n, last) VALUES (?, 1, ?) ON CONFLICT (fp) DO UPDATE SET n = n + 1, last = excluded.last',
)
const begin = database.prepare('BEGIN')
const commit = database.prepare('COMMIT')
const total = database.prepare('SELECT count(*) AS n FROM alerts')

interface Sent {
  labels: Record<string, string>
}

function fingerprint({ labels }: Sent): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((name) => `${name}=${labels[name]}`)
  return createHash('sha256').update(pairs.join('\n')).digest('hex').slice(0, 32)
}

function store(list: Sent[]): void {
  begin.run()
  const at = Date.now()
  for (const alert of list) {
    const fp = fingerprint(alert)
    insert.run(fp, at, JSON.stringify(alert))
    group.run(fp, at)
  }
  commit.run()
}

createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => (body += chunk))
  request.on('end', () => {
    if (request.method === 'GET') {
      response.end(JSON.stringify(total.get()))
      return
    }
    const list = JSON.parse(body) as Sent[]
    store(list)
    const answer = JSON.stringify({ accepted: list.length })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer)
  })
}).listen(Number(port), '127.0.0.1', 4_096)
