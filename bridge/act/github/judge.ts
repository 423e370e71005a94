import type { GithubTarget } from '../../../durable/protocol/domain.ts'
import type { CallAnswer, StatusAnswer } from '../../../durable/protocol/ports.ts'
import type { ReadAnswer } from '../answer.ts'

const DETAIL_CHARS_MAX = 300
/** Everything a key is written with; the rest of a run's name parts words. */
const NOT_OF_A_KEY = /[^A-Za-z0-9_.:-]+/
/** Answers of a client's error that do not say whether the order was taken: a timeout on their side, a client that left. */
const INDEFINITE: readonly number[] = [408, 425, 499]

/** 204 is taken. A 4xx in the API's own form is surely not; the same status from something in between settles nothing. */
export function judgeDispatch({ status, json }: ReadAnswer, target: GithubTarget): CallAnswer {
  if (status === 204) return { outcome: 'ran', detail: `${target.workflow} was started on ${target.ref}` }
  const message = json?.['message']
  if (status >= 400 && status < 500 && !INDEFINITE.includes(status) && typeof message === 'string')
    return { outcome: 'failed', detail: `answered ${status}: ${message}`.slice(0, DETAIL_CHARS_MAX) }
  return { outcome: 'unknown', detail: `answered ${status} without a definite outcome` }
}

/**
 * What became of a key, by the run that says it in its name. One that works or succeeded ran; one that waits is not
 * decided; one that ended badly may have done a part of it, which a person has to look at; and none at all settles nothing.
 */
export function judgeRuns({ status, json }: ReadAnswer, key: string): StatusAnswer {
  const runs = json?.['workflow_runs']
  if (status !== 200 || !Array.isArray(runs))
    return { outcome: 'unknown', detail: `answered ${status} without a list of runs` }
  const run = (runs as unknown[]).find((candidate) => isRecord(candidate) && says(candidate, key))
  if (!isRecord(run)) return { outcome: 'unknown', detail: 'no run says this key in its name' }
  const [state, conclusion] = [wordOf(run['status']), wordOf(run['conclusion'])]
  const which = `run ${typeof run['id'] === 'number' ? run['id'] : ''}`.trim()
  if (state === 'in_progress') return { outcome: 'it-ran', detail: `${which} works` }
  if (state !== 'completed') return { outcome: 'unknown', detail: `${which} is ${state}` }
  if (conclusion === 'success') return { outcome: 'it-ran', detail: `${which} ended success` }
  // No job of it was started.
  if (conclusion === 'startup_failure') return { outcome: 'it-did-not', detail: `${which} ended startup_failure` }
  return { outcome: 'unknown', detail: `${which} ended ${conclusion}: a part of it may have happened` }
}

function says(run: Record<string, unknown>, key: string): boolean {
  return [run['display_title'], run['name']].some(
    (title) => typeof title === 'string' && title.split(NOT_OF_A_KEY).includes(key),
  )
}

/** A plain word of theirs, or `unreadable`: it stands in our sentence. */
function wordOf(value: unknown): string {
  return typeof value === 'string' && /^[a-z_]{1,30}$/.test(value) ? value : 'unreadable'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
