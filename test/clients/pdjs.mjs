// Runs PagerDuty's own client against the server named in IC_PD_SERVER, which it only speaks TLS to.
import { acknowledge, change, resolve, trigger } from '@pagerduty/pdjs'

const server = process.env.IC_PD_SERVER
const key = { routing_key: 'dev', dedup_key: 'pdjs/1' }
const payload = {
  summary: 'High error rate',
  severity: 'critical',
  source: 'pdjs-service',
  custom_details: { rate: 0.3 },
}

const calls = {
  trigger: () => trigger({ server, data: { ...key, payload } }),
  acknowledge: () => acknowledge({ server, data: key }),
  resolve: () => resolve({ server, data: key }),
  change: () =>
    change({ server, data: { ...key, payload: { summary: 'deploy', source: 'ci', custom_details: {} }, links: [] } }),
}

for (const name of process.argv.slice(2)) {
  const { response, data } = await calls[name]()
  console.log(JSON.stringify({ name, status: response.status, data }))
}
