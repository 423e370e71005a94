import type { ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime'
import type { ModelMaterial } from '../../../durable/protocol/models.ts'
import type { AwsConfig } from '../../aws-config.ts'
import type { ModelRow } from '../../catalog.ts'
import type { Question } from './question.ts'
import { unbounded } from './shape.ts'
import type { Task } from './tasks.ts'

/** The one tool that an answer may call; anything else that a model calls is not listed. */
export const TOOL = 'report'

/** A question that is asked again with what was wrong about the first answer. */
export interface Repair {
  answer: string
  wrong: string
}

/** Longest part of a wrong answer that is shown again, in UTF-16 units. */
const WRONG_ANSWER_CHARS_MAX = 4000

/** The request as this model takes it: no row of the table is sent what it refuses. */
export function requestOf(
  row: ModelRow,
  task: Task,
  ask: ModelMaterial,
  question: Question,
  guardrail: AwsConfig['guardrail'],
  repair: Repair | null = null,
): ConverseCommandInput {
  const messages: ConverseCommandInput['messages'] = [{ role: 'user', content: [{ text: question.user }] }]
  if (repair)
    messages.push(
      { role: 'assistant', content: [{ text: repair.answer.slice(0, WRONG_ANSWER_CHARS_MAX) || '(nothing)' }] },
      { role: 'user', content: [{ text: `That cannot be read: ${repair.wrong}. Answer with the JSON object alone.` }] },
    )
  return {
    modelId: row.id,
    messages,
    system: [{ text: row.structured === 'prompted' ? `${question.system}\n${inWords(task)}` : question.system }],
    inferenceConfig: {
      maxTokens: Math.min(task.outputTokens, row.outputTokensMax),
      ...(row.temperature && { temperature: 0 }),
    },
    // For the invocation log of the account: which incident and agent asked.
    requestMetadata: { incident: ask.incident, agent: ask.agent, task: task.name },
    ...(guardrail && {
      guardrailConfig: { guardrailIdentifier: guardrail.id, guardrailVersion: guardrail.version, trace: 'enabled' },
    }),
    ...structured(row, task),
  }
}

function structured({ structured }: ModelRow, task: Task): Pick<ConverseCommandInput, 'toolConfig' | 'outputConfig'> {
  switch (structured) {
    case 'forced-tool':
      return {
        toolConfig: {
          tools: [
            {
              toolSpec: {
                name: TOOL,
                description: 'Takes the answer.',
                // The SDK's document type has no readonly lists.
                inputSchema: { json: structuredClone(task.shape) as never },
              },
            },
          ],
          toolChoice: { tool: { name: TOOL } },
        },
      }
    case 'json-schema':
      return {
        outputConfig: {
          textFormat: {
            type: 'json_schema',
            structure: { jsonSchema: { name: TOOL, schema: JSON.stringify(unbounded(task.shape)) } },
          },
        },
      }
    case 'prompted':
      return {}
    default:
      return structured satisfies never
  }
}

function inWords(task: Task): string {
  return `Answer with one JSON object and nothing else. It must fit this JSON Schema:\n${JSON.stringify(task.shape)}`
}
