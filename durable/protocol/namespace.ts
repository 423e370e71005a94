/**
 * Namespaces keep drills apart by construction: a drill's incident ids carry the drill, so no id of one namespace can
 * name a room of another. `inc_<body>` is live; `inc_<drill>-<body>` belongs to `drl_<drill>`.
 */

export const LIVE = 'live'

const INCIDENT = /^inc_(?:([a-z0-9]{6,32})-)?[a-z0-9]{6,32}$/
const DRILL = /^drl_([a-z0-9]{6,32})$/

export function isIncidentId(id: string): boolean {
  return INCIDENT.test(id)
}

export function isDrillId(id: string): boolean {
  return DRILL.test(id)
}

/** `live`, `drill/<drill id>`, or null for what is no incident id. */
export function namespaceOfIncident(id: string): string | null {
  const match = INCIDENT.exec(id)
  if (!match) return null
  return match[1] === undefined ? LIVE : namespaceOfDrill(`drl_${match[1]}`)
}

export function namespaceOfDrill(drill: string): string {
  return `drill/${drill}`
}

/** The drill id of a namespace, null for live. */
export function drillOf(namespace: string): string | null {
  return namespace.startsWith('drill/') ? namespace.slice('drill/'.length) : null
}

/** An incident id for a namespace from a random body of [a-z0-9]{6,32}. */
export function incidentId(namespace: string, body: string): string {
  const drill = drillOf(namespace)
  return drill === null ? `inc_${body}` : `inc_${drill.slice('drl_'.length)}-${body}`
}
