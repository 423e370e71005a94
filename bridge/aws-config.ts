import type { CloudFunction } from '../durable/protocol/ports.ts'
import { BUDGET_DEFAULTS, type BudgetLimits } from './budget.ts'
import { DEFAULTS, type ModelRole } from './catalog.ts'
import { type IssuerKey, isIssuer, readKeys } from './issuer.ts'

/** How credentials are come by: the Worker's own tokens, or keys of a trial account, which people are warned of. */
export type CredentialsWay =
  | {
      by: 'web-identity'
      issuer: string
      keys: IssuerKey[]
      stage: string
      roles: Partial<Record<CloudFunction, string>>
    }
  | { by: 'static'; accessKeyId: string; secretAccessKey: string; sessionToken: string | null }

export interface AwsConfig {
  region: string
  /** where requests go instead of AWS, for tests and proxies; only where the environment says so twice. */
  endpoint: string | null
  credentials: CredentialsWay
  models: Readonly<Record<ModelRole, string>>
  /** null: the checks that need no guardrail of one's own. */
  guardrail: { id: string; version: string } | null
  budget: BudgetLimits
}

/** `config` is null where nothing is configured, and where something is wrong: a half-set bridge asks nobody. */
export interface AwsSettings {
  config: AwsConfig | null
  /** names of settings that are missing or not understood; never their values. */
  faults: readonly string[]
}

type Environment = Readonly<Record<string, unknown>>

/** Settings do not change while an isolate lives; one object for each environment also means one client. */
const read = new WeakMap<Environment, AwsSettings>()

/** The AWS side as the environment configures it. Nothing of IC_AWS_REGION means that there is none. */
export function awsSettings(env: Environment): AwsSettings {
  const known = read.get(env)
  if (known) return known
  const settings = settingsOf(env)
  read.set(env, settings)
  return settings
}

const ROLE_NAMES: readonly [CloudFunction, string][] = [
  ['ai', 'IC_AWS_ROLE_AI'],
  ['archive', 'IC_AWS_ROLE_ARCHIVE'],
  ['remediate', 'IC_AWS_ROLE_REMEDIATE'],
]
const MODEL_NAMES: readonly [ModelRole, string][] = [
  ['classify', 'IC_MODEL_CLASSIFY'],
  ['wording', 'IC_MODEL_WORDING'],
  ['analysis', 'IC_MODEL_ANALYSIS'],
  ['critical', 'IC_MODEL_CRITICAL'],
  ['embed', 'IC_MODEL_EMBED'],
]
/** IAM's own form of a role's ARN. */
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,128}$/

function settingsOf(env: Environment): AwsSettings {
  const text = (name: string): string => {
    const value = env[name]
    return typeof value === 'string' ? value.trim() : ''
  }
  const region = text('IC_AWS_REGION')
  if (region === '') return { config: null, faults: [] }
  const faults: string[] = []
  const fit = (name: string, isFit: (value: string) => boolean): string => {
    const value = text(name)
    if (value !== '' && !isFit(value)) faults.push(name)
    return value
  }
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region)) faults.push('IC_AWS_REGION')
  const models = { ...DEFAULTS }
  for (const [role, name] of MODEL_NAMES) {
    const id = fit(name, (value) => /^[a-zA-Z0-9:./-]{1,2048}$/.test(value))
    if (id !== '') models[role] = id
  }
  const guardrailId = fit('IC_GUARDRAIL_ID', (id) => /^(?:[a-z0-9]+|arn:aws[^\s]*:guardrail\/[a-z0-9]+)$/.test(id))
  const guardrailVersion = fit('IC_GUARDRAIL_VERSION', (version) => /^(?:[1-9]\d{0,7}|DRAFT)$/.test(version))
  if ((guardrailId === '') !== (guardrailVersion === '')) faults.push('IC_GUARDRAIL_VERSION')
  const budget = {
    incidentUsd: usd(fit('IC_AI_INCIDENT_USD', isAmount), BUDGET_DEFAULTS.incidentUsd),
    dayUsd: usd(fit('IC_AI_DAY_USD', isAmount), BUDGET_DEFAULTS.dayUsd),
  }
  const credentials = wayOf(text, fit, faults)
  const endpoint = text('IC_ALLOW_ENDPOINT_OVERRIDE') === '1' ? fit('IC_AWS_ENDPOINT', isEndpoint) : ''
  if (!credentials || faults.length > 0) return { config: null, faults: [...new Set(faults)] }
  return {
    config: {
      region,
      endpoint: endpoint === '' ? null : endpoint,
      credentials,
      models,
      guardrail: guardrailId === '' ? null : { id: guardrailId, version: guardrailVersion },
      budget,
    },
    faults: [],
  }
}

function wayOf(
  text: (name: string) => string,
  fit: (name: string, isFit: (value: string) => boolean) => string,
  faults: string[],
): CredentialsWay | null {
  const roles: Partial<Record<CloudFunction, string>> = {}
  for (const [purpose, name] of ROLE_NAMES) {
    const arn = fit(name, (value) => ROLE_ARN.test(value))
    if (arn !== '') roles[purpose] = arn
  }
  if (Object.keys(roles).length > 0) {
    const issuer = text('IC_ISSUER')
    if (!isIssuer(issuer, text('IC_MODE') === 'development')) faults.push('IC_ISSUER')
    const keys = readKeys(text('IC_ISSUER_KEYS'))
    if (!keys) faults.push('IC_ISSUER_KEYS')
    const stage = fit('IC_STAGE', (value) => /^[a-z0-9-]{1,20}$/.test(value)) || 'prod'
    return keys ? { by: 'web-identity', issuer, keys, stage, roles } : null
  }
  const accessKeyId = text('IC_AWS_ACCESS_KEY_ID')
  const secretAccessKey = text('IC_AWS_SECRET_ACCESS_KEY')
  if (accessKeyId === '' || secretAccessKey === '') {
    faults.push('IC_AWS_ROLE_AI')
    return null
  }
  return { by: 'static', accessKeyId, secretAccessKey, sessionToken: text('IC_AWS_SESSION_TOKEN') || null }
}

function isAmount(text: string): boolean {
  return /^\d{1,6}(?:\.\d{1,4})?$/.test(text)
}

function usd(text: string, otherwise: number): number {
  return text === '' ? otherwise : Number(text)
}

function isEndpoint(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === ''
}
