import type { CloudFunction, CredentialsAnswer, CredentialsPort } from '../../../durable/protocol/ports.ts'
import type { AwsConfig, CredentialsWay } from '../../aws-config.ts'
import { deadline, before } from '../../deadline.ts'
import { signToken, signingKey } from '../../issuer.ts'
import { type StsAnswer, readStsAnswer } from './answer.ts'

/** How long credentials are asked for, s: what acts gets the shortest that STS gives. */
const DURATION_S: Readonly<Record<CloudFunction, number>> = { ai: 3600, archive: 3600, remediate: 900 }
/** STS answers within this wall time, ms. It then asks our own address for keys, which may take a moment. */
const STS_TIMEOUT_MS = 5000
/** Longest answer that is read, in UTF-16 units; credentials take 2,000. */
const ANSWER_CHARS_MAX = 20_000

type WebIdentity = Extract<CredentialsWay, { by: 'web-identity' }>

/** Exchanges a token of our own for credentials of one function's role (AssumeRoleWithWebIdentity, which needs no signature). */
export function webIdentityCredentials(
  { region, endpoint }: Pick<AwsConfig, 'region' | 'endpoint'>,
  way: WebIdentity,
  now: () => number = Date.now,
): CredentialsPort {
  const url = endpoint ?? `https://sts.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}/`
  return {
    driver: 'aws',
    async credentials(purpose) {
      const role = way.roles[purpose]
      if (role === undefined) return failed('no-role', `no role is configured for ${purpose}`, false)
      const key = signingKey(way.keys, now())
      if (!key) return failed('no-key', 'no key can sign', false)
      let token: string
      try {
        token = await signToken(key, {
          issuer: way.issuer,
          subject: `incident-commander:${way.stage}:${purpose}`,
          now: now(),
          jti: crypto.randomUUID(),
        })
      } catch {
        return failed('no-key', 'the key that should sign cannot', false)
      }
      const body = new URLSearchParams({
        Action: 'AssumeRoleWithWebIdentity',
        Version: '2011-06-15',
        RoleArn: role,
        RoleSessionName: `incident-commander-${way.stage}-${purpose}`,
        WebIdentityToken: token,
        DurationSeconds: String(DURATION_S[purpose]),
      })
      return judge(await ask(url, body), role)
    },
  }
}

/** Keys as they were set: for a trial alone, and whoever looks is warned. */
export function staticCredentials(way: Extract<CredentialsWay, { by: 'static' }>): CredentialsPort {
  const { accessKeyId, secretAccessKey, sessionToken } = way
  const credentials = { accessKeyId, secretAccessKey, expiresAt: null, ...(sessionToken !== null && { sessionToken }) }
  return { driver: 'static', credentials: () => Promise.resolve({ ok: true, credentials, warning: 'static-keys' }) }
}

async function ask(url: string, body: URLSearchParams): Promise<StsAnswer | string> {
  const limit = deadline(STS_TIMEOUT_MS)
  const { signal } = limit
  try {
    const answer = fetch(url, {
      method: 'POST',
      headers: { accept: 'application/xml' },
      body,
      redirect: 'manual',
      signal,
    }).then(async (response) => ({ status: response.status, text: await response.text() }))
    const { status, text } = await before(signal, answer)
    return readStsAnswer(status, text.slice(0, ANSWER_CHARS_MAX))
  } catch {
    return signal.aborted ? `STS gave no answer within ${STS_TIMEOUT_MS} ms` : 'STS cannot be reached'
  } finally {
    limit.clear()
  }
}

/** Errors that may be gone when the same is asked again; the others need somebody to change something. */
const AGAIN = /^(?:IDPCommunicationError|ExpiredToken|InvalidIdentityToken|Throttling)/

function judge(answer: StsAnswer | string, role: string): CredentialsAnswer {
  if (typeof answer === 'string') return failed('unreachable', answer, true)
  if (answer.kind === 'credentials') return { ok: true, credentials: answer.credentials, warning: null }
  if (answer.kind === 'not-understood')
    return failed('not-understood', `STS answered ${answer.status} with something else`, true)
  const again = answer.status >= 500 || AGAIN.test(answer.code)
  // The message of AWS names ARNs and subjects, never the token.
  return failed(answer.code, `STS refused ${role}: ${answer.code}`, again)
}

function failed(reason: string, detail: string, again: boolean): CredentialsAnswer {
  return { ok: false, reason, detail, again }
}
