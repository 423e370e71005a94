import type { Call } from './call.ts'
import { type Problem, isFields } from './model.ts'
import { type Answer, answerError, answerOutput, outputProblems } from './reply.ts'
import type { Iam, Reply } from './script.ts'
import type { Credentials } from './sigv4.ts'
import { assumeRoleWithWebIdentity } from './sts.ts'
import { ACCOUNT } from './template.ts'
import type { Understood } from './understand.ts'
import type { WireRequest } from './wire.ts'

/** What the fake can answer without a script. */
export interface Engines {
  dynamodb: string | undefined
  iam: Iam | undefined
  now: number
  keep: (credentials: Credentials) => void
}

/** The answer of a call that nothing is wrong with: what the script says, else an engine's, else a refusal on record. */
export async function answerOf(
  understood: Understood,
  reply: Reply,
  request: WireRequest,
  call: Call,
  engines: Engines,
): Promise<Answer> {
  const { service, operation, input } = understood
  if (reply.raw) {
    const { status, contentType, body } = reply.raw
    return { status, headers: { 'content-type': contentType }, pieces: [Buffer.from(body)] }
  }
  if (reply.output) return answerOutput(service, operation.name, reply.output)
  if (reply.error !== undefined)
    return answerError(service, operation.name, reply.error, reply.message ?? reply.error, reply.fields)
  if (service.metadata.endpointPrefix === 'dynamodb' && engines.dynamodb !== undefined)
    return passOn(engines.dynamodb, understood, request, call)
  if (operation.name === 'AssumeRoleWithWebIdentity' && engines.iam) {
    const result = await assumeRoleWithWebIdentity(input, engines.iam, engines.now, engines.keep)
    if ('error' in result) return answerError(service, operation.name, result.error, result.message)
    return checked(understood, result.output, call)
  }
  if (operation.name === 'GetCallerIdentity')
    return checked(understood, { UserId: 'AIDACONTRACTFAKE', Account: ACCOUNT, Arn: call.by ?? '' }, call)
  call.problems.push({ at: '/', rule: 'no-script', detail: operation.name })
  return answerError(service, operation.name, 'ValidationException', `nothing is scripted for ${operation.name}`)
}

/** What an engine of the fake's own says is held to the model as well. */
function checked({ service, operation }: Understood, output: Record<string, unknown>, call: Call): Answer {
  const problems = outputProblems(service, operation.name, output)
  if (problems.length === 0) return answerOutput(service, operation.name, output)
  call.problems.push(...problems)
  return answerError(service, operation.name, 'InternalFailure', 'the answer is not as the model says')
}

async function passOn(base: string, understood: Understood, request: WireRequest, call: Call): Promise<Answer> {
  const headers = Object.fromEntries(
    request.headers.filter(([name]) => !/^(?:host|connection|content-length)$/i.test(name)),
  )
  const response = await fetch(base, { method: 'POST', headers, body: new Uint8Array(request.body) })
  const text = await response.text()
  const body: unknown = JSON.parse(text)
  if (response.ok && isFields(body)) {
    // The table behind is not AWS either: what it says against the model is left out, and that is on record.
    const odd = outputProblems(understood.service, understood.operation.name, body)
    call.leftOut = odd
    return checked(understood, without(body, odd), call)
  }
  return {
    status: response.status,
    headers: { 'content-type': response.headers.get('content-type') ?? 'application/json' },
    pieces: [Buffer.from(text)],
  }
}

/** A copy of the value without the members that problems name. */
function without(value: Record<string, unknown>, problems: Problem[]): Record<string, unknown> {
  const copy = structuredClone(value)
  for (const { at, rule, detail } of problems) {
    const steps = at.split('/').filter((step) => step !== '')
    const last = rule === 'unknown' ? detail : (steps.pop() ?? '')
    let holder: unknown = copy
    for (const step of steps) holder = (holder as Record<string, unknown> | undefined)?.[step]
    if (isFields(holder)) delete holder[last]
  }
  return copy
}
