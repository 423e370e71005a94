import { Stack } from 'aws-cdk-lib'
import * as bedrock from 'aws-cdk-lib/aws-bedrock'
import * as agentcore from 'aws-cdk-lib/aws-bedrockagentcore'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as qbusiness from 'aws-cdk-lib/aws-qbusiness'
import type { Construct } from 'constructs'
import { accept } from './accept.ts'
import { allow, ours } from './policies.ts'

/** Days that an event of AgentCore Memory is kept: the longest that it takes. Records stay. */
const EVENT_DAYS = 365

/** Days that a legacy agent keeps its summaries of sessions. */
const SUMMARY_DAYS = 30

/** What the legacy agent is built on. */
const AGENT_MODEL = 'amazon.nova-lite-v1:0'

/** AgentCore Memory: what the bridge writes itself, with no model that extracts from it, so with no strategy and no role. */
export function agentMemory(scope: Construct, stage: string): agentcore.CfnMemory {
  return new agentcore.CfnMemory(scope, 'Memory', {
    name: `incident_commander_${stage}`,
    description: 'Events and lessons of incidents, by service',
    eventExpiryDuration: EVENT_DAYS,
  })
}

/** A Bedrock agent of the first kind with its session summaries, for accounts that already have some. */
export function legacyAgent(scope: Construct, stage: string, guardrail: { id: string; arn: string; version: string }) {
  const { partition, account } = Stack.of(scope)
  const role = new iam.Role(scope, 'AgentRole', {
    description: `Incident Commander ${stage}: the legacy agent itself`,
    assumedBy: new iam.ServicePrincipal('bedrock.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  })
  const routed = { ArnLike: { 'bedrock:InferenceProfileArn': ours(role, 'bedrock', 'inference-profile/*') } }
  allow(role, 'AskProfile', ['bedrock:InvokeModel'], [ours(role, 'bedrock', `inference-profile/us.${AGENT_MODEL}`)])
  allow(
    role,
    'AskBehindProfile',
    ['bedrock:InvokeModel'],
    [`arn:${partition}:bedrock:us-*::foundation-model/${AGENT_MODEL}`],
    routed,
  )
  allow(
    role,
    'ReadProfile',
    ['bedrock:GetInferenceProfile'],
    [ours(role, 'bedrock', `inference-profile/us.${AGENT_MODEL}`)],
  )
  allow(role, 'Guard', ['bedrock:ApplyGuardrail'], [guardrail.arn])
  accept(
    role,
    `arn:<AWS::Partition>:bedrock:us-*::foundation-model/${AGENT_MODEL}`,
    'AWS chooses the region of a profile; the statement asks for a profile of this account.',
  )
  const agent = new bedrock.CfnAgent(scope, 'Agent', {
    agentName: `incident-commander-${stage}`,
    agentResourceRoleArn: role.roleArn,
    foundationModel: `us.${AGENT_MODEL}`,
    instruction:
      'You answer a responder of a running incident from what you are told and what you remember of earlier sessions. You never order an action. Say what you do not know.',
    idleSessionTtlInSeconds: 1_800,
    memoryConfiguration: { enabledMemoryTypes: ['SESSION_SUMMARY'], storageDays: SUMMARY_DAYS },
    guardrailConfiguration: { guardrailIdentifier: guardrail.id, guardrailVersion: guardrail.version },
    autoPrepare: true,
  })
  // The service tries the role when the agent is made.
  agent.node.addDependency(role)
  const alias = new bedrock.CfnAgentAlias(scope, 'AgentAlias', { agentId: agent.attrAgentId, agentAliasName: stage })
  return { id: agent.attrAgentId, aliasId: alias.attrAgentAliasId, aliasArn: alias.attrAgentAliasArn }
}

/** The legacy agent, and what it remembers of a session. */
export function mayAskAgent(role: iam.Role, aliasArn: string): void {
  allow(role, 'AskAgent', ['bedrock:InvokeAgent', 'bedrock:GetAgentMemory', 'bedrock:DeleteAgentMemory'], [aliasArn])
}

/** A Q Business application that takes plain signed calls, with an index to fill and nothing in it. */
export function knowledge(scope: Construct, stage: string): qbusiness.CfnApplication {
  const application = new qbusiness.CfnApplication(scope, 'Knowledge', {
    displayName: `incident-commander-${stage}`,
    identityType: 'ANONYMOUS',
  })
  const index = new qbusiness.CfnIndex(scope, 'KnowledgeIndex', {
    applicationId: application.attrApplicationId,
    displayName: 'incidents',
    type: 'STARTER',
    capacityConfiguration: { units: 1 },
  })
  new qbusiness.CfnRetriever(scope, 'KnowledgeRetriever', {
    applicationId: application.attrApplicationId,
    displayName: 'incidents',
    type: 'NATIVE_INDEX',
    configuration: { nativeIndexConfiguration: { indexId: index.attrIndexId } },
  })
  return application
}

/** One question, one answer with its sources. An anonymous application takes no search. */
export function mayAskKnowledge(role: iam.Role, applicationArn: string): void {
  allow(role, 'AskKnowledge', ['qbusiness:ChatSync'], [applicationArn])
}
