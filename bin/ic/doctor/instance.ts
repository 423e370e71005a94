import type { IntakeCounters } from '../../../durable/protocol/objects.ts'
import { PROTOCOL_VERSION } from '../../../durable/protocol/version.ts'
import type { Api } from '../api.ts'
import type { Settings } from '../config.ts'
import { CliError } from '../exit.ts'
import { ownVersion } from '../version.ts'
import { type Check, ago, fail, ok, skip, warn } from './check.ts'

/** Clocks further apart than this make times hard to compare; further than that signatures and tokens fail. */
const SKEW_WARN_MS = 5_000
const SKEW_FAIL_MS = 60_000
/** A sign-in that ends sooner than this is worth a word. */
const EXPIRES_SOON_MS = 7 * 86_400_000

/** Whoever the instance takes us for. */
export interface Me {
  name: string
  role: string
  via: string
  expiresAt: string | null
  mode: string
}

/** Whether anything answers, whether its clock is ours, and whether it speaks as we do. */
export async function checkReach(api: Api, settings: Settings): Promise<Check[]> {
  let answer: Response
  try {
    answer = await api.reach('GET', '/livez')
  } catch (error) {
    const why = error instanceof CliError ? error.message : String(error)
    return [
      fail(
        'reachable',
        why,
        `${api.url} comes from: ${settings.urlFrom}. Start it (npm start), or say another with --url.`,
      ),
    ]
  }
  const live = (await answer.json().catch(() => null)) as { version?: unknown } | null
  if (!answer.ok || typeof live?.version !== 'string')
    return [
      fail('reachable', `${api.url} answers ${answer.status} and is no Incident Commander`, 'Look at --url or IC_URL.'),
    ]
  const asked = Date.now()
  const said = await api.get<Versions>('/version').catch(() => null)
  return [
    ok('reachable', `${api.url} (from: ${settings.urlFrom})`),
    ...settings.warnings.map((warning) => warn('configuration', warning, 'Tokens are for one person.')),
    version(said, live.version),
    skew(said, asked, Date.now()),
  ]
}

interface Versions {
  protocol: number
  time?: string
}

function version(said: Versions | null, theirs: string): Check {
  const ours = ownVersion()
  if (said !== null && said.protocol !== PROTOCOL_VERSION)
    return fail(
      'version',
      `it speaks protocol ${said.protocol}, this ic ${PROTOCOL_VERSION}`,
      'Use the ic of its version.',
    )
  return theirs === ours
    ? ok('version', theirs)
    : warn('version', `it is ${theirs}, this ic is ${ours}`, 'Use the ic of its version.')
}

/** Its clock was read between our two readings: what lies between them is no difference. */
function skew(said: Versions | null, before: number, after: number): Check {
  const theirs = Date.parse(said?.time ?? '')
  if (Number.isNaN(theirs)) return skip('clock', 'it does not say its time')
  const apart = theirs > after ? theirs - after : Math.max(0, before - theirs)
  const says =
    apart < 1_000 ? 'the same as here' : `${(apart / 1_000).toFixed(0)} s ${theirs > after ? 'ahead' : 'behind'}`
  if (apart < SKEW_WARN_MS) return ok('clock', says)
  const todo = 'Set the clock of this machine by NTP.'
  return apart < SKEW_FAIL_MS ? warn('clock', says, todo) : fail('clock', says, todo)
}

/** Who we are there; null where nobody. */
export async function checkSignIn(api: Api, settings: Settings): Promise<{ check: Check; me: Me | null }> {
  try {
    const me = await api.get<Me>('/api/v1/me')
    const says = `${me.name}, ${me.role}, by ${me.via} (token from: ${settings.tokenFrom})`
    if (me.mode === 'development')
      return { me, check: ok('sign-in', `${says}; local mode, which no network must reach`) }
    const left = me.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(me.expiresAt) - Date.now()
    return {
      me,
      check:
        left < EXPIRES_SOON_MS
          ? warn('sign-in', `${says}, for ${ago(left)} more`, 'Make another token.')
          : ok('sign-in', says),
    }
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    const todo =
      error.code === 'auth-not-configured'
        ? 'Set the Worker secret IC_INIT_TOKEN and run `ic init`; docs/access.md has the other ways.'
        : 'Set IC_TOKEN or give --token-file; an admin makes tokens with `ic token make`.'
    return { me: null, check: fail('sign-in', `${error.message} (${error.code})`, todo) }
  }
}

/** Storage, and what waits or could not be read. */
export async function checkIntake(api: Api): Promise<Check[]> {
  const ready = await api.reach('GET', '/readyz')
  await ready.body?.cancel()
  const checks = [
    ready.ok
      ? ok('ready', 'its storage answers')
      : fail('ready', `/readyz answers ${ready.status}`, 'Look at its log; the request id is in the answer.'),
  ]
  const { pending, quarantined, received } = await api.get<IntakeCounters>('/api/v1/intake')
  if (quarantined > 0)
    checks.push(
      warn(
        'intake',
        `${quarantined} of ${received} could not be understood and are kept`,
        'GET /api/v1/intake/quarantined says why.',
      ),
    )
  else checks.push(ok('intake', `${received} received, ${pending} on their way`))
  return checks
}
