/**
 * The storm as Alertmanager sent it: alert n is of host-n and service svc-(n mod 20), every tenth is critical, all start
 * within two milliseconds. Generated, because 467 kB of repetition says no more than this.
 */
export interface WebhookMessage {
  version: '4'
  receiver: string
  status: 'firing' | 'resolved'
  groupKey: string
  groupLabels: Record<string, string>
  commonLabels: Record<string, string>
  commonAnnotations: Record<string, string>
  externalURL: string
  truncatedAlerts: number
  alerts: WebhookAlert[]
}

export interface WebhookAlert {
  status: 'firing' | 'resolved'
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: string
  endsAt: string
  generatorURL: string
  fingerprint: string
}

export const STORM_SERVICES = 20

function alert(name: string, host: number, startsAt: number): WebhookAlert {
  return {
    status: 'firing',
    labels: {
      alertname: name,
      cluster: 'edge-test',
      instance: `host-${host}`,
      scn: 'ok',
      service: `svc-${host % STORM_SERVICES}`,
      severity: host % 10 === 0 ? 'critical' : 'warning',
    },
    annotations: { summary: `host-${host} is slow` },
    startsAt: new Date(startsAt + (host % 3)).toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prom.example/graph',
    fingerprint: fingerprint(`${name}/${host}`),
  }
}

function message(name: string, alerts: WebhookAlert[]): WebhookMessage {
  const groupLabels = { alertname: name, cluster: 'edge-test', scn: 'ok' }
  return {
    version: '4',
    receiver: 'ok',
    status: 'firing',
    groupKey: `{}:{alertname="${name}", cluster="edge-test", scn="ok"}`,
    groupLabels,
    commonLabels: groupLabels,
    commonAnnotations: {},
    externalURL: 'http://vm:9913',
    truncatedAlerts: 0,
    alerts,
  }
}

/** One group of `count` alerts over 20 services. */
export function stormGroup(count: number, startsAt: number, name = 'StormOne'): WebhookMessage {
  const alerts = Array.from({ length: count }, (_, host) => alert(name, host, startsAt))
  return message(name, alerts)
}

/** `count` groups of one alert each: 1,000 requests that arrived within 270 ms. */
export function stormSingles(count: number, startsAt: number, name = 'StormMany'): WebhookMessage[] {
  return Array.from({ length: count }, (_, host) => message(`${name}${host}`, [alert(`${name}${host}`, host, startsAt)]))
}

/** 64 bits of FNV-1a in hex: the form of Alertmanager's fingerprints. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (const char of text) hash = BigInt.asUintN(64, (hash ^ BigInt(char.codePointAt(0) ?? 0)) * 0x100000001b3n)
  return hash.toString(16).padStart(16, '0')
}
