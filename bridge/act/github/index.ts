import { isActionKey } from '../../../durable/protocol/action-request.ts'
import { canonical } from '../../../durable/protocol/canonical.ts'
import type { GithubTarget } from '../../../durable/protocol/domain.ts'
import type { ActionOrder, CallAnswer, RemediationPort, StatusAnswer } from '../../../durable/protocol/ports.ts'
import type { ReadAnswer } from '../answer.ts'
import { CALL_TIMEOUT_MS, type Send, exchange } from '../exchange.ts'
import { actionText, askedOf, shownBody } from '../order.ts'
import { type ReadToken, tokenOf, withoutToken } from '../token.ts'
import { judgeDispatch, judgeRuns } from './judge.ts'

/** The version of the REST API whose answers are judged here. */
export const API_VERSION = '2022-11-28'
/** Runs that a status question looks through, newest first; each is about twelve kilobytes of JSON. */
const RUNS_MAX = 30
const RUNS_BYTES_MAX = 1_000_000

export interface GithubDriverOptions {
  fetch: Send
  /** `https://api.github.com`, or a server's `…/api/v3`. */
  endpointUrl: string
  target: GithubTarget
  token: ReadToken
  timeoutMs?: number
}

/**
 * Starts one workflow by `workflow_dispatch`. The workflow takes the inputs `ic_key`, `ic_digest`, `ic_token`, `ic_action`,
 * `ic_target` and `ic_parameters` (JSON), and says `ic_key` in its `run-name`: GitHub keeps no idempotency key, and the
 * name of the run is the only place where ours can be found again. `ran` means that GitHub took the order; what the
 * workflow did is seen in the signals.
 */
export function githubDriver(options: GithubDriverOptions): RemediationPort {
  const { target } = options
  return {
    driver: 'github',
    // Finding a run settles; finding none settles nothing: it may not have been started yet.
    can: { dryRun: false, status: true, honoursKeys: false },
    async call(order): Promise<CallAnswer> {
      if (!isActionKey(order.key)) return { outcome: 'failed', detail: 'the idempotency key cannot be sent' }
      const body = dispatchOf(order, target)
      if (!body) return { outcome: 'failed', detail: 'nothing-to-undo' }
      const found = await tokenOf(options.token)
      if ('reason' in found) return { outcome: 'failed', detail: found.reason }
      const answer = await ask(options, found.token, dispatchPath(target), canonical(body))
      if (typeof answer === 'string') return { outcome: 'unknown', detail: withoutToken(answer, found.token) }
      const { outcome, detail } = judgeDispatch(answer, target)
      return { outcome, detail: withoutToken(detail, found.token) }
    },
    async status({ key }): Promise<StatusAnswer> {
      if (!isActionKey(key)) return { outcome: 'unknown', detail: 'the idempotency key cannot be sent' }
      const found = await tokenOf(options.token)
      if ('reason' in found) return { outcome: 'unknown', detail: found.reason }
      const answer = await ask(options, found.token, runsPath(target), null)
      if (typeof answer === 'string') return { outcome: 'unknown', detail: withoutToken(answer, found.token) }
      return judgeRuns(answer, key)
    },
    dryRun(order) {
      const asked = askedOf(order)
      const body = dispatchOf(order, target)
      const workflow = `${target.owner}/${target.repo}/${target.workflow}`
      return Promise.resolve({
        driver: 'github',
        says: asked
          ? `One workflow_dispatch starts ${workflow} on ${target.ref} for ${actionText(asked)}.`
          : 'There is nothing to undo.',
        calls: body
          ? [{ method: 'POST', url: `${options.endpointUrl}${dispatchPath(target)}`, body: shownBody(body) }]
          : [],
        effect: asked ? `whatever ${workflow} does for ${asked.type}` : 'nothing',
        canCheck: false,
      })
    },
  }
}

interface Dispatch {
  ref: string
  inputs: Record<string, string>
}

function dispatchOf(order: ActionOrder, { ref }: GithubTarget): Dispatch | null {
  const asked = askedOf(order)
  if (!asked) return null
  const inputs = {
    ic_key: order.key,
    ic_digest: order.digest,
    ic_token: String(order.token),
    ic_action: asked.type,
    ic_target: asked.target,
    ic_parameters: canonical(asked.parameters),
  }
  return { ref, inputs }
}

function workflowPath({ owner, repo, workflow }: GithubTarget): string {
  const [one, two, three] = [owner, repo, workflow].map(encodeURIComponent)
  return `/repos/${one}/${two}/actions/workflows/${three}`
}

function dispatchPath(target: GithubTarget): string {
  return `${workflowPath(target)}/dispatches`
}

function runsPath(target: GithubTarget): string {
  return `${workflowPath(target)}/runs?event=workflow_dispatch&per_page=${RUNS_MAX}`
}

function ask(
  { fetch, endpointUrl, timeoutMs = CALL_TIMEOUT_MS }: GithubDriverOptions,
  token: string,
  path: string,
  body: string | null,
): Promise<ReadAnswer | string> {
  const headers = new Headers({
    authorization: `Bearer ${token}`,
    accept: 'application/vnd.github+json',
    'x-github-api-version': API_VERSION,
    // The API answers nobody who does not say who asks.
    'user-agent': 'incident-commander',
  })
  if (body !== null) headers.set('content-type', 'application/json')
  return exchange(
    fetch,
    { timeoutMs, bytesMax: RUNS_BYTES_MAX },
    (init) =>
      new Request(`${endpointUrl}${path}`, {
        method: body === null ? 'GET' : 'POST',
        headers,
        ...init,
        ...(body === null ? {} : { body }),
      }),
  )
}
