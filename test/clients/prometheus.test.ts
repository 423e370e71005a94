import { expect, test } from 'vitest'
import { apiOf } from '../e2e/api.ts'
import { need } from '../e2e/need.ts'
import { freePort, removeFolder, startServer } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'
import { Programs, stop } from './programs.ts'

/** Scrape and rule every second, `for: 2s`, group_wait 2 s: a page takes 4 s (measured); the rest is a busy machine. */
const PAGE_MS_MAX = 60_000

const RULES = `
groups:
- name: ic
  rules:
  - alert: InstanceDown
    expr: up == 0
    for: 2s
    labels: {severity: critical}
    annotations: {summary: '{{ $labels.instance }} down', runbook_url: 'https://runbooks.example/instance-down'}
`

interface Ports {
  exporter: number
  alertmanager: number
  prometheus: number
}

test('[CL1] a real exporter dies and a real Alertmanager pages: an incident is open; it returns: resolved', async (context) => {
  need(context, 'prometheus')
  await pagesAndResolves(async (programs, url, ports) => {
    const file = programs.write(
      'alertmanager.yml',
      `
route: {receiver: ic, group_by: [alertname, cluster], group_wait: 2s, group_interval: 5s, repeat_interval: 1h}
receivers:
- name: ic
  webhook_configs:
  - url: '${url}/api/v1/ingest/alertmanager'
    http_config: {authorization: {credentials: dev}}
`,
    )
    const address = `127.0.0.1:${ports.alertmanager}`
    const args = [
      `--config.file=${file}`,
      '--storage.path=am',
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ]
    await programs.start('prometheus-alertmanager', args, `http://${address}/-/ready`)
    return `{static_configs: [{targets: ['${address}']}]}`
  })
})

test('[CL2] the same with a real Prometheus pointed straight at /api/v2/alerts', async (context) => {
  need(context, 'prometheus')
  await pagesAndResolves(async (_programs, url) => {
    return `{static_configs: [{targets: ['${new URL(url).host}']}], authorization: {credentials: dev}}`
  })
})

/** `alerting` starts what stands between and says where Prometheus shall send its alerts, as one list item of YAML. */
async function pagesAndResolves(
  alerting: (programs: Programs, url: string, ports: Ports) => Promise<string>,
): Promise<void> {
  const server = await startServer()
  const programs = new Programs()
  try {
    const ports = { exporter: await freePort(), alertmanager: await freePort(), prometheus: await freePort() }
    const exporterAt = `127.0.0.1:${ports.exporter}`
    const startExporter = () =>
      programs.start('prometheus-node-exporter', [`--web.listen-address=${exporterAt}`], `http://${exporterAt}/metrics`)
    programs.write('rules.yml', RULES)
    const to = await alerting(programs, server.url, ports)
    const config = programs.write(
      'prometheus.yml',
      `
global: {scrape_interval: 1s, evaluation_interval: 1s, external_labels: {cluster: e2e}}
rule_files: [rules.yml]
scrape_configs: [{job_name: node, static_configs: [{targets: ['${exporterAt}']}]}]
alerting: {alertmanagers: [${to}]}
`,
    )
    const exporter = await startExporter()
    const prometheusAt = `127.0.0.1:${ports.prometheus}`
    const args = [`--config.file=${config}`, '--storage.tsdb.path=tsdb', `--web.listen-address=${prometheusAt}`]
    await programs.start('prometheus', args, `http://${prometheusAt}/-/ready`)
    await until('the exporter was scraped', 20_000, async () => {
      const asked = await fetch(`http://${prometheusAt}/api/v1/query?query=up`)
      const answer = (await asked.json()) as { data: { result: { value: [number, string] }[] } }
      return answer.data.result[0]?.value[1] === '1' ? true : null
    })
    const api = apiOf(server.url)
    expect(await api.incidents()).toEqual([])

    await stop(exporter)
    const killedAt = performance.now()
    const open = await until('an incident is open', PAGE_MS_MAX, async () => (await api.incidents())[0] ?? null)
    console.log(`paged ${Math.round(performance.now() - killedAt)} ms after the kill`)
    expect(open).toMatchObject({ state: 'triggered', severity: 'SEV-1', sourceSeverity: 'critical', drill: null })
    const detail = await api.detail(open.id)
    expect(detail.alerts.map((alert) => [alert.status, alert.labels['alertname']])).toEqual([
      ['firing', 'InstanceDown'],
    ])

    await startExporter()
    const backAt = performance.now()
    await until('the incident is resolved', PAGE_MS_MAX, async () =>
      (await api.detail(open.id)).state === 'resolved' ? true : null,
    )
    console.log(`resolved ${Math.round(performance.now() - backAt)} ms after the return`)
    expect((await api.incidents()).map((row) => row.id)).toEqual([open.id])
  } catch (error) {
    // What the server was asked and how it answered says where a page was lost.
    console.log(
      server
        .log()
        .split('\n')
        .filter((line) => !line.includes('GET /api/v1/incidents'))
        .slice(-20)
        .join('\n'),
    )
    throw error
  } finally {
    await programs.end()
    await server.kill()
    removeFolder(server.state)
  }
}
