import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, apiOf } from '../e2e/api.ts'
import { need } from '../e2e/need.ts'
import { type Server, freePort, removeFolder, startServer } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'
import { Programs } from './programs.ts'

/** group_wait is 1 s; the rest is a busy machine. */
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
const isResolved = async (service: string) => ((await incidentOf(service))?.state === 'resolved' ? true : null)
const justNow = () => new Date().toISOString()

test('[CL10] the PagerDuty notifier of a real Alertmanager opens an incident and resolves it', async (context) => {
  need(context, 'prometheus')
  const address = `127.0.0.1:${await freePort()}`
  const file = programs.write(
    'alertmanager.yml',
    `
route: {receiver: pd, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}
receivers:
- name: pd
  pagerduty_configs:
  - {routing_key: dev, url: '${server.url}/v2/enqueue', severity: '{{ .CommonLabels.severity }}'}
`,
  )
  const args = [
    `--config.file=${file}`,
    '--storage.path=am',
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
  ]
  await programs.start('prometheus-alertmanager', args, `http://${address}/-/ready`)
  const add = (...more: string[]) =>
    programs.run('amtool', [
      `--alertmanager.url=http://${address}`,
      'alert',
      'add',
      ...more,
      'ViaPagerDuty',
      'service=paged',
      'severity=critical',
    ])
  await add('--annotation=summary=paged by PagerDuty')
  const open = await until('an incident is open', WITHIN_MS, () => incidentOf('paged'))
  expect(open).toMatchObject({ severity: 'SEV-1', sourceSeverity: 'critical' })
  expect(open.alerts[0]?.labels).toMatchObject({ alertname: 'ViaPagerDuty', service: 'paged' })
  await add(`--end=${justNow()}`)
  await until('the incident is resolved', WITHIN_MS, () => isResolved('paged'))
})

test('[CL11] a real amtool adds an alert here, reads what fires, and ends it', async (context) => {
  need(context, 'prometheus')
  const auth = programs.write('amtool-http.yml', 'authorization: {credentials: dev}\n')
  const amtool = (...args: string[]) =>
    programs.run('amtool', [`--alertmanager.url=${server.url}`, `--http.config.file=${auth}`, ...args])
  await amtool('alert', 'add', 'ByHand', 'service=by-hand', 'severity=warning')
  await until('an incident is open', WITHIN_MS, () => incidentOf('by-hand'))
  const read = JSON.parse(await amtool('alert', 'query', '-o', 'json', 'service=by-hand')) as {
    labels: Record<string, string>
  }[]
  expect(read.map(({ labels }) => labels['alertname'])).toEqual(['ByHand'])
  expect(JSON.parse(await amtool('alert', 'query', '-o', 'json', 'service=nobody'))).toEqual([])
  await amtool('alert', 'add', `--end=${justNow()}`, 'ByHand', 'service=by-hand', 'severity=warning')
  await until('the incident is resolved', WITHIN_MS, () => isResolved('by-hand'))
  expect(JSON.parse(await amtool('alert', 'query', '-o', 'json', 'service=by-hand'))).toEqual([])
})
