import { createHash } from 'node:crypto'
import { RemovalPolicy } from 'aws-cdk-lib'
import * as bedrock from 'aws-cdk-lib/aws-bedrock'
import type { Construct } from 'constructs'

/** What is masked in words that leave and come back, beside what the bridge itself takes out before they leave. */
const MASKED = [
  'AWS_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'PASSWORD',
  'EMAIL',
  'PHONE',
  'CREDIT_DEBIT_CARD_NUMBER',
  'CREDIT_DEBIT_CARD_CVV',
]

/** Secrets that AWS has no kind for. No look-around: the service knows none. */
const PATTERNS = [
  { name: 'bearer', pattern: '[Bb]earer\\s+[A-Za-z0-9._~+/=-]{16,}', description: 'A bearer token' },
  {
    name: 'jwt',
    pattern: 'eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}',
    description: 'A JSON web token',
  },
  {
    name: 'connection-string',
    pattern: '[a-z][a-z0-9+.-]{1,20}://[^\\s:@/]{1,128}:[^\\s@/]{1,128}@[^\\s]{3,}',
    description: 'An address with a password in it',
  },
  { name: 'private-key', pattern: '-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----', description: 'The head of a private key' },
]

/** What everybody reads where something was held back. */
const BLOCKED = 'Held back by the guardrail.'

/**
 * The guardrail and a version of it. Versions never change: another policy makes another version beside the old one, which
 * stays for the Worker that still asks for it.
 */
export function guardrail(scope: Construct, stage: string): { id: string; arn: string; version: string } {
  const policy = {
    contentPolicyConfig: {
      // Output can attack nobody: AWS refuses any other strength there.
      filtersConfig: [{ type: 'PROMPT_ATTACK', inputStrength: 'HIGH', outputStrength: 'NONE' }],
    },
    sensitiveInformationPolicyConfig: {
      piiEntitiesConfig: MASKED.map((type) => ({ type, action: 'ANONYMIZE' })),
      regexesConfig: PATTERNS.map((one) => ({ ...one, action: 'ANONYMIZE' })),
    },
    blockedInputMessaging: BLOCKED,
    blockedOutputsMessaging: BLOCKED,
  }
  const made = new bedrock.CfnGuardrail(scope, 'Guardrail', { name: `incident-commander-${stage}`, ...policy })
  const mark = createHash('sha256').update(JSON.stringify(policy)).digest('hex').slice(0, 12)
  const version = new bedrock.CfnGuardrailVersion(scope, `GuardrailVersion${mark}`, {
    guardrailIdentifier: made.attrGuardrailId,
    description: `policy ${mark}`,
  })
  version.applyRemovalPolicy(RemovalPolicy.RETAIN)
  return { id: made.attrGuardrailId, arn: made.attrGuardrailArn, version: version.attrVersion }
}
