import { type Target, json, target } from './target.ts'

interface Run {
  id: number
  name: string
  display_title: string
  status: string
  conclusion: string | null
}

export interface FakeGithub extends Target {
  runs: Run[]
  token: string
}

/** Inputs that the workflow of the fake declares; GitHub refuses any other. */
const DECLARED = ['ic_key', 'ic_digest', 'ic_token', 'ic_action', 'ic_target', 'ic_parameters']

/**
 * GitHub with one workflow, `acme/runbooks/act.yml`, whose `run-name` says `ic_key`. Like GitHub it keeps no idempotency
 * key: two dispatches are two runs.
 */
export async function fakeGithub(): Promise<FakeGithub> {
  const runs: Run[] = []
  const made = await target('github.json', ({ operation, path, body }, response, { headers }) => {
    if (headers.authorization !== `Bearer ${fake.token}`) return json(response, 401, { message: 'Bad credentials' })
    if (headers['user-agent'] === undefined) return json(response, 403, { message: 'Request forbidden' })
    if (path['owner'] !== 'acme' || path['repo'] !== 'runbooks' || path['workflow_id'] !== 'act.yml')
      return json(response, 404, { message: 'Not Found' })
    if (operation === 'actions/list-workflow-runs')
      return json(response, 200, { total_count: runs.length, workflow_runs: runs })
    const { ref, inputs } = body as { ref: string; inputs: Record<string, string> }
    if (ref !== 'main') return json(response, 422, { message: `No ref found for: ${ref}` })
    const odd = Object.keys(inputs).filter((name) => !DECLARED.includes(name))
    if (odd.length > 0) return json(response, 422, { message: `Unexpected inputs provided: ${JSON.stringify(odd)}` })
    const title = `Runbook ${inputs['ic_action']} (${inputs['ic_key']})`
    runs.unshift({ id: 100 + runs.length, name: 'act', display_title: title, status: 'queued', conclusion: null })
    response.writeHead(204).end()
  })
  const fake: FakeGithub = Object.assign(made, { runs, token: 'token-of-the-fake' })
  return fake
}
