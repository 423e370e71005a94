/** What the stack of a stage is called in CloudFormation. */
export function stackName(stage: string): string {
  return `IncidentCommander-${stage}`
}

/** What every runbook of a stage begins with: the role that starts them is held to it. */
export function documentPrefix(stage: string): string {
  return `IncidentCommander-${stage}-`
}

/** What the Worker can be in AWS. Each has a role of its own, and a token for one is refused by the others. */
export const FUNCTIONS = ['ai', 'archive', 'remediate'] as const
export type BridgeFunction = (typeof FUNCTIONS)[number]

/** The `sub` of the Worker's token for a function. It stands in CloudTrail, so it names nobody. */
export function subjectOf(stage: string, name: BridgeFunction): string {
  return `incident-commander:${stage}:${name}`
}

/** The `aud` of the Worker's tokens. */
export const AUDIENCE = 'sts.amazonaws.com'

/** Only what carries this tag with the value `true` may be touched by a runbook. */
export const REMEDIABLE_TAG = 'incident-commander:remediable'

/** A run of ours carries the stage under this tag: what reads and stops runs is held to it. */
export const STAGE_TAG = 'incident-commander:stage'
