import { randomBytes } from 'node:crypto'

/** Services that the writers' alerts name, so that several rooms are written at once. */
const SERVICES = 8
/** A writer rests this long after an error; the server is down then. */
const REST_MS = 20

/** Writers that post one alert after another, each with a fingerprint of its own, and note which were acknowledged. */
export interface Writers {
  acknowledged: Set<string>
  /** ends after the requests that are under way. */
  stop(): Promise<void>
}

/** Starts `count` writers against an Alertmanager webhook intake; they go on through every error until stopped. */
export function startWriters(url: string, count: number): Writers {
  const acknowledged = new Set<string>()
  const state = { running: true }
  const loops = Array.from({ length: count }, async (_, writer) => {
    while (state.running) {
      const fingerprint = randomBytes(8).toString('hex')
      try {
        const response = await fetch(`${url}/api/v1/ingest/alertmanager`, {
          method: 'POST',
          headers: { authorization: 'Bearer dev', 'content-type': 'application/json' },
          body: JSON.stringify(webhook(fingerprint, `crash-${writer % SERVICES}`)),
        })
        // Only a whole answer counts as one: a sender that saw half of it sends again.
        await response.arrayBuffer()
        if (response.status === 200) acknowledged.add(fingerprint)
      } catch {
        await new Promise((resolve) => setTimeout(resolve, REST_MS))
      }
    }
  })
  return {
    acknowledged,
    async stop() {
      state.running = false
      await Promise.all(loops)
    },
  }
}

function webhook(fingerprint: string, service: string) {
  const labels = { alertname: 'CrashLab', service, severity: 'warning', instance: fingerprint }
  const alert = {
    status: 'firing',
    labels,
    annotations: {},
    startsAt: new Date().toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: '',
    fingerprint,
  }
  return {
    version: '4',
    groupKey: `{}:{service="${service}"}`,
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'ic',
    groupLabels: { service },
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: '',
    alerts: [alert],
  }
}
