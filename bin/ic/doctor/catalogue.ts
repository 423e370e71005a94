import type { SigningState } from '../../../durable/protocol/access.ts'
import type { ReachRow } from '../../../durable/protocol/catalogue.ts'
import type { Catalogue } from '../../../durable/protocol/domain.ts'
import type { SourceWatch } from '../../../durable/protocol/keeper.ts'
import type { Api } from '../api.ts'
import { type Check, ago, fail, ok, skip, warn } from './check.ts'
import { reach } from './reach.ts'

/** Handshakes at a time. */
const PROBES_AT_ONCE = 8

/** Each source with the age of the last thing heard of it, its heartbeat and its pull. */
export async function checkSources(api: Api, catalogue: Catalogue): Promise<Check[]> {
  const { items } = await api.get<{ items: SourceWatch[] }>('/api/v1/sources')
  if (items.length === 0) return [warn('sources', 'the catalogue names none', 'Name one, and `ic apply` it.')]
  return items.map((watch) => {
    const intakes = catalogue.sources.find(({ name }) => name === watch.name)?.intakes ?? []
    return checkSource(watch, intakes)
  })
}

function checkSource({ name, heardAt, heartbeat, pull }: SourceWatch, intakes: readonly string[]): Check {
  const label = `source ${name}`
  const heard = heardAt === null ? 'never heard of' : `heard of ${ago(Date.now() - Date.parse(heardAt))} ago`
  if (heartbeat?.state === 'missing')
    return fail(
      label,
      `${heard}, its heartbeat is ${ago(heartbeat.everyMs)}`,
      'Look whether it still runs and reaches us.',
    )
  if (pull?.at != null && !pull.ok)
    return fail(
      label,
      `${heard}; asking it fails: ${pull.reason}`,
      'Look at its url in the catalogue, and whether it answers.',
    )
  if (heardAt !== null) return ok(label, pull ? `${heard}; it is asked, and posts here` : `${heard}; it posts here`)
  if (intakes.every((intake) => intake === 'telemetry'))
    return skip(label, 'posts samples, which go to each service and are not counted here')
  return warn(label, `${heard} (${intakes.join(', ')})`, 'Point it here, or take it out of the catalogue.')
}

/** Every address that the catalogue names, and how the instance reaches it. */
export async function checkTargets(api: Api, probe: boolean): Promise<Check[]> {
  const { items } = await api.get<{ items: ReachRow[] }>('/api/v1/reach')
  const checks: Check[] = []
  for (let at = 0; at < items.length; at += PROBES_AT_ONCE)
    checks.push(...(await Promise.all(items.slice(at, at + PROBES_AT_ONCE).map((row) => reach(row, probe)))))
  if (items.every(({ kind }) => kind === 'pull'))
    checks.push(
      warn(
        'targets',
        'no endpoint and no notification target is named',
        'Without one nobody is paged and nothing runs.',
      ),
    )
  return checks
}

/** What makes the key that secrets and the agents' own keys are sealed under. */
const SET_KEY = 'openssl rand -base64 32 | wrangler secret put IC_MASTER_KEY'

/** Whether the agents can sign: an instance that cannot decides nothing, and shows it nowhere else before an incident does. */
export async function checkSigning(api: Api): Promise<Check> {
  const { state } = await api.get<{ state: SigningState }>('/api/v1/signing')
  return state === 'ready'
    ? ok('signing', 'the agents can sign their votes')
    : fail('signing', `${state}: no agent can sign, so no ballot carries and nothing is proposed to people`, SET_KEY)
}

/** The key that secrets are sealed under, and every secret that the catalogue names. Admins only. */
export async function checkSecrets(api: Api, catalogue: Catalogue, role: string): Promise<Check[]> {
  if (role !== 'admin') return [skip('master key', `an admin sees it; you are a ${role}`)]
  const { items, key } = await api.get<{ items: { name: string }[]; key: string }>('/api/v1/secrets')
  if (key !== 'ready') return [fail('master key', `${key}: no secret can be sealed or read`, SET_KEY)]
  const known = new Set(items.map(({ name }) => name))
  const missing = secretsOf(catalogue).filter((name) => !known.has(name))
  return [
    ok('master key', 'present'),
    ...missing.map((name) =>
      fail(`secret ${name}`, 'the catalogue names it, and it is not set', `ic secret set ${name}`),
    ),
  ]
}

function secretsOf({ sources, endpoints, targets = [] }: Catalogue): string[] {
  const names = [
    ...sources.flatMap(({ signature, routingKeys = [] }) => [...(signature ? [signature.secret] : []), ...routingKeys]),
    ...endpoints.flatMap(({ secret }) => secret ?? []),
    ...targets.map(({ secret }) => secret),
  ]
  return [...new Set(names)]
}
