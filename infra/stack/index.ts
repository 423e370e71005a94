import { CfnOutput, Stack, Tags } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { FUNCTIONS, type BridgeFunction, STAGE_TAG, stackName } from '../names.ts'
import { OUTPUTS } from '../outputs.ts'
import { runbooksOf } from '../runbooks/index.ts'
import type { Settings } from '../settings.ts'
import { issuer, workerRole } from './access.ts'
import { archiveTable } from './archive.ts'
import { automationRole, runbookDocuments } from './automation.ts'
import { budget } from './budget.ts'
import { guardrail } from './guardrail.ts'
import { agentMemory, knowledge, legacyAgent, mayAskAgent, mayAskKnowledge } from './optional.ts'
import { mayArchive, mayAsk, mayRemediate, mayRemember } from './policies.ts'
import { alarms, alertTopic, dashboard } from './watch.ts'

/** Everything of one stage that stands in AWS. The Worker works without any of it. */
export class IncidentCommanderStack extends Stack {
  constructor(scope: Construct, settings: Settings) {
    const { stage } = settings
    super(scope, stackName(stage), {
      analyticsReporting: false,
      description: `Incident Commander ${stage}: archive, models and remediation for the Worker`,
      terminationProtection: true,
    })
    Tags.of(this).add(STAGE_TAG, stage)
    const outputs: Record<string, string> = {
      Region: this.region,
      Stage: stage,
      Issuer: `https://${settings.host}`,
    }

    const provider = issuer(this, settings)
    const role = (name: BridgeFunction) => workerRole(this, provider, settings, name)
    const roles = { ai: role('ai'), archive: role('archive'), remediate: role('remediate') }
    for (const name of FUNCTIONS) outputs[`Role${capital(name)}`] = roles[name].roleArn

    const table = archiveTable(this, { unitsMax: settings.tableUnitsMax })
    mayArchive(roles.archive, table)
    outputs['Table'] = table.tableName

    const rail = guardrail(this, stage)
    mayAsk(roles.ai, rail)
    outputs['GuardrailId'] = rail.id
    outputs['GuardrailVersion'] = rail.version

    if (settings.memory) {
      const memory = agentMemory(this, stage)
      mayRemember(roles.ai, memory.attrMemoryArn)
      outputs['MemoryId'] = memory.attrMemoryId
    }
    if (settings.legacyAgents) {
      const agent = legacyAgent(this, stage, rail)
      mayAskAgent(roles.ai, agent.aliasArn)
      outputs['AgentId'] = agent.id
      outputs['AgentAliasId'] = agent.aliasId
    }
    if (settings.qbusiness) {
      const application = knowledge(this, stage)
      mayAskKnowledge(roles.ai, application.attrApplicationArn)
      outputs['QApplicationId'] = application.attrApplicationId
    }

    const runbooks = runbooksOf(settings)
    const automation = automationRole(this, stage, runbooks)
    mayRemediate(roles.remediate, automation, stage)
    for (const { name, document } of runbookDocuments(this, stage, runbooks, automation))
      outputs[`Runbook${name}`] = document.ref

    const topic = alertTopic(this, settings)
    dashboard(this, settings, { topic, alarms: alarms(this, settings, table, topic) })
    budget(this, settings, topic)
    outputs['TopicArn'] = topic.topicArn

    for (const { output } of OUTPUTS) {
      const value = outputs[output]
      // By its own name, not by the path that the CDK would make of it.
      if (value !== undefined) new CfnOutput(this, `Output${output}`, { value }).overrideLogicalId(output)
    }
  }
}

function capital(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`
}
