/** A Systems Manager Automation document, as far as ours go: calls of an API, checks and waits; no scripts, no approvals. */
export interface Step {
  name: string
  action: 'aws:executeAwsApi' | 'aws:assertAwsResourceProperty' | 'aws:waitForAwsResourceProperty'
  inputs: Record<string, unknown>
  outputs?: { Name: string; Selector: string; Type: 'String' | 'Integer' }[]
  timeoutSeconds?: number
  maxAttempts?: number
  onFailure?: 'Abort'
  isEnd?: boolean
}

export interface Parameter {
  type: 'String' | 'Integer'
  description: string
  allowedPattern: string
}

/** What the automation role needs for a runbook. */
export interface Need {
  actions: readonly string[]
  /** after `arn:<partition>:`, with REGION and ACCOUNT in their places; `*` where AWS knows no resource for it. */
  resource: string
  /** true: only what carries the tag. False is for what reads, where AWS offers no tag. */
  tagged: boolean
}

export interface Runbook {
  name: string
  what: string
  /** how a person or another run takes it back, by what the run answers. */
  undo: string
  parameters: Record<string, Parameter>
  steps: readonly Step[]
  /** `<step>.<Name>`: what was there before, so that it can be put back. */
  answers: readonly string[]
  needs: readonly Need[]
}

/** Of one step, in seconds: a call that has not been answered by then is not going to be. */
const CALL_SECONDS_MAX = 60

/** A call that reads. */
export function read(name: string, inputs: Record<string, unknown>, outputs: Step['outputs'] = []): Step {
  return { ...call(name, inputs), outputs }
}

/** A call that changes something: once, since a second try could undo what somebody else did meanwhile. */
export function change(name: string, inputs: Record<string, unknown>): Step {
  return { ...call(name, inputs), maxAttempts: 1 }
}

/** Ends the run where a property is none of these. */
export function must(name: string, inputs: Record<string, unknown>, property: string, values: string[]): Step {
  return {
    name,
    action: 'aws:assertAwsResourceProperty',
    onFailure: 'Abort',
    timeoutSeconds: CALL_SECONDS_MAX,
    inputs: { ...inputs, PropertySelector: property, DesiredValues: values },
  }
}

/** Waits until a property is one of these; later than `seconds` the run has failed. */
export function settled(inputs: Record<string, unknown>, property: string, values: string[], seconds: number): Step {
  return {
    name: 'settled',
    action: 'aws:waitForAwsResourceProperty',
    onFailure: 'Abort',
    timeoutSeconds: seconds,
    inputs: { ...inputs, PropertySelector: property, DesiredValues: values },
  }
}

/** The document of a runbook: it always runs as `role`, whoever starts it. */
export function documentOf({ what, undo, parameters, steps, answers }: Runbook, role: string): Record<string, unknown> {
  return {
    schemaVersion: '0.3',
    description: `${what} Undo: ${undo}`,
    assumeRole: role,
    parameters,
    mainSteps: steps.map((step, index) => (index === steps.length - 1 ? { ...step, isEnd: true } : step)),
    outputs: answers,
  }
}

function call(name: string, inputs: Record<string, unknown>): Step {
  return { name, action: 'aws:executeAwsApi', onFailure: 'Abort', timeoutSeconds: CALL_SECONDS_MAX, inputs }
}
