/** One output of the stack, what the Worker calls it, and what it looks like. */
export interface Output {
  /** CloudFormation wants letters and digits alone. */
  output: string
  /** the Worker's variable; null: a person enters it elsewhere. */
  variable: string | null
  pattern: RegExp
  /** absent where a setting leaves its resource out. */
  optional?: boolean
  /** where a person enters it. */
  where?: string
}

const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/
const NAME = /^[A-Za-z0-9_.-]{1,255}$/

/** Every output there can be. The stack makes no other, and what turns them into variables knows no other. */
export const OUTPUTS: readonly Output[] = [
  { output: 'Region', variable: 'IC_AWS_REGION', pattern: /^[a-z]{2}(?:-[a-z]+)+-\d$/ },
  { output: 'Stage', variable: 'IC_STAGE', pattern: /^[a-z][a-z0-9]{1,11}$/ },
  { output: 'Issuer', variable: 'IC_ISSUER', pattern: /^https:\/\/[a-z0-9.-]{4,253}$/ },
  { output: 'Table', variable: 'IC_TABLE', pattern: NAME },
  { output: 'RoleAi', variable: 'IC_AWS_ROLE_AI', pattern: ROLE },
  { output: 'RoleArchive', variable: 'IC_AWS_ROLE_ARCHIVE', pattern: ROLE },
  { output: 'RoleRemediate', variable: 'IC_AWS_ROLE_REMEDIATE', pattern: ROLE },
  { output: 'GuardrailId', variable: 'IC_GUARDRAIL_ID', pattern: /^[a-z0-9]{1,64}$/ },
  { output: 'GuardrailVersion', variable: 'IC_GUARDRAIL_VERSION', pattern: /^[1-9]\d{0,7}$/ },
  { output: 'MemoryId', variable: 'IC_MEMORY_ID', pattern: /^[A-Za-z][A-Za-z0-9_-]{1,110}$/, optional: true },
  { output: 'AgentId', variable: 'IC_AGENT_ID', pattern: /^[0-9A-Za-z]{1,10}$/, optional: true },
  { output: 'AgentAliasId', variable: 'IC_AGENT_ALIAS_ID', pattern: /^[0-9A-Za-z]{1,10}$/, optional: true },
  { output: 'QApplicationId', variable: 'IC_QBUSINESS_APP_ID', pattern: /^[a-z0-9-]{36}$/, optional: true },
  { output: 'RunbookEcsForceNewDeployment', variable: 'IC_RUNBOOK_ECS_FORCE_NEW_DEPLOYMENT', pattern: NAME },
  { output: 'RunbookEcsRollbackTaskDefinition', variable: 'IC_RUNBOOK_ECS_ROLLBACK_TASK_DEFINITION', pattern: NAME },
  { output: 'RunbookLambdaAliasRollback', variable: 'IC_RUNBOOK_LAMBDA_ALIAS_ROLLBACK', pattern: NAME },
  { output: 'RunbookAsgSetDesiredWithinBounds', variable: 'IC_RUNBOOK_ASG_SET_DESIRED_WITHIN_BOUNDS', pattern: NAME },
  { output: 'RunbookRdsReboot', variable: 'IC_RUNBOOK_RDS_REBOOT', pattern: NAME, optional: true },
  { output: 'RunbookElastiCacheReboot', variable: 'IC_RUNBOOK_ELASTICACHE_REBOOT', pattern: NAME, optional: true },
  {
    output: 'TopicArn',
    variable: null,
    pattern: /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
    where: 'the catalogue, in `topics` of the source that speaks for this account',
  },
]
