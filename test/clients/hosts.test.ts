import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, apiOf } from '../e2e/api.ts'
import { need } from '../e2e/need.ts'
import { type Server, freePort, removeFolder, startServer } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'
import { Programs } from './programs.ts'

/** They look every second; the rest is a busy machine. */
const WITHIN_MS = 60_000

let server: Server
let api: Api
const programs = new Programs()

beforeAll(async () => {
  server = await startServer()
  api = apiOf(server.url)
})

afterAll(async () => {
  await programs.end()
  await server.kill()
  removeFolder(server.state)
})

const incidentOf = async (service: string) => {
  const row = (await api.incidents()).find((one) => one.service === service)
  return row ? await api.detail(row.id) : null
}

test('[CL12] a real collectd says that there are too many files, and that there are not any more', async (context) => {
  need(context, 'collectd')
  const watched = join(programs.folder, 'watched')
  mkdirSync(watched)
  const config = programs.write(
    'collectd.conf',
    `
Hostname "edge-test"
FQDNLookup false
Interval 1
BaseDir "${programs.folder}"
PIDFile "${programs.folder}/collectd.pid"
TypesDB "/usr/share/collectd/types.db"
LoadPlugin filecount
LoadPlugin threshold
LoadPlugin write_http
<Plugin filecount>
  <Directory "${watched}">
    Instance "watched"
  </Directory>
</Plugin>
<Plugin threshold>
  <Plugin "filecount">
    <Type "files">
      FailureMax 2
    </Type>
  </Plugin>
</Plugin>
<Plugin write_http>
  <Node "ic">
    URL "${server.url}/api/v1/ingest/collectd"
    Header "Authorization: Bearer dev"
    Format "JSON"
    Metrics false
    Notifications true
  </Node>
</Plugin>
`,
  )
  const files = ['a', 'b', 'c', 'd'].map((name) => join(watched, name))
  for (const file of files) writeFileSync(file, '')
  await programs.startUntil('/usr/sbin/collectd', ['-f', '-C', config], async () =>
    (await incidentOf('edge-test')) ? true : null,
  )
  const incident = await until('an incident is open', WITHIN_MS, () => incidentOf('edge-test'))
  expect(incident).toMatchObject({ severity: 'SEV-1', sourceSeverity: 'critical' })
  expect(incident.alerts[0]?.labels['alertname']).toBe('collectd_filecount_files')
  for (const file of files) rmSync(file)
  await until('the incident is resolved', WITHIN_MS, async () =>
    (await incidentOf('edge-test'))?.state === 'resolved' ? true : null,
  )
})

test('[CL13] a real syslog-ng posts lines, and those that differ in numbers are one alert', async (context) => {
  need(context, 'syslog-ng')
  const port = await freePort()
  const config = programs.write(
    'syslog-ng.conf',
    `
@version: 3.38
options { stats-freq(0); flush-lines(10); time-reopen(1); keep-hostname(yes); };
source s { network(ip("127.0.0.1") port(${port}) transport("tcp")); };
destination d {
  http(
    url("${server.url}/api/v1/ingest/syslog")
    method("POST")
    headers("Content-Type: application/json", "Authorization: Bearer dev")
    body("$(format-json --scope rfc5424 --key ISODATE)")
    batch-lines(10) batch-timeout(500)
    body-prefix("[") delimiter(",") body-suffix("]")
  );
};
log { source(s); destination(d); };
`,
  )
  const at = (name: string) => join(programs.folder, name)
  const args = ['-F', '--no-caps', '-f', config, '-R', at('persist'), '-p', at('pid'), '-c', at('ctl')]
  await programs.startUntil('/usr/sbin/syslog-ng', args, async () => {
    await say(port, [])
    return true
  })
  const stamp = new Date()
    .toUTCString()
    .replace(/^\w+, (\d+) (\w+) \d+ ([\d:]+).*/, (_, day: string, month: string, time: string) => {
      return `${month} ${String(Number(day)).padStart(2)} ${time}`
    })
  const line = (priority: number, text: string) => `<${priority}>${stamp} db1 payments[4242]: ${text}`
  await say(port, [
    line(14, 'started attempt=0'),
    ...[1, 2, 3].map((attempt) => line(11, `connection pool exhausted attempt=${attempt}`)),
  ])
  const incident = await until('an incident is open', WITHIN_MS, () => incidentOf('payments'))
  expect(incident.alerts.map(({ title, severity }) => [title, severity])).toEqual([
    ['payments: connection pool exhausted attempt=#', 'error'],
  ])
})

/** Says lines on a TCP port; rejects while nobody listens. */
function say(port: number, lines: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => {
      socket.end(lines.map((line) => `${line}\n`).join(''), () => resolve())
    })
    socket.once('error', reject)
  })
}
