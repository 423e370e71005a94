/** What a stack is made for, read from the context (`cdk … -c host=ic.example.com -c stage=prod`). */
export interface Settings {
  /** of the Worker, as IAM will ask it: no scheme, no port, no path. */
  host: string
  stage: string
  /** gets the budget's warnings; null: they go to the topic. */
  email: string | null
  budgetUsd: number
  /** Request units a second that the table may use at most: the fuse of the bill. */
  tableUnitsMax: number
  /** AgentCore Memory. */
  memory: boolean
  /** Bedrock Agents of the first kind: closed to new customers since 2026-07-30. */
  legacyAgents: boolean
  /** Q Business: closed to new customers since 2026-07-31. */
  qbusiness: boolean
  /** Runbooks that reboot a database node or a cache node. */
  reboots: boolean
}

export type Told = (name: string) => unknown

/** 28 write units each second are the writes of 1,000,000 incidents a month ten times over. */
const TABLE_UNITS_MAX = 1_000
const BUDGET_USD = 50

const HOST = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/
const STAGE = /^[a-z][a-z0-9]{1,11}$/
const EMAIL = /^[^\s@,;<>]{1,64}@[^\s@,;<>]{1,190}$/

/** Throws one sentence for each setting that cannot be, all at once. */
export function settingsFrom(told: Told): Settings {
  const wrong: string[] = []
  const settings: Settings = {
    host: text('host', HOST, null, 'the host name of the Worker: lower case, no scheme, no port, no path'),
    stage: text('stage', STAGE, 'prod', '2 to 12 of a-z and 0-9, a letter first'),
    email: told('email') === undefined ? null : text('email', EMAIL, null, 'an e-mail address'),
    budgetUsd: whole('budgetUsd', 1, 100_000, BUDGET_USD),
    tableUnitsMax: whole('tableUnitsMax', 1, 40_000, TABLE_UNITS_MAX),
    memory: flag('memory', true),
    legacyAgents: flag('legacyAgents', false),
    qbusiness: flag('qbusiness', false),
    reboots: flag('reboots', false),
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  return settings

  function text(name: string, pattern: RegExp, unsaid: string | null, what: string): string {
    const value = told(name) ?? unsaid
    if (typeof value === 'string' && pattern.test(value)) return value
    wrong.push(`-c ${name}=… ${value === null ? 'is missing' : `may not be ${JSON.stringify(value)}`}: ${what}`)
    return ''
  }

  function whole(name: string, min: number, max: number, unsaid: number): number {
    const value = told(name) ?? unsaid
    // The command line gives text, a cdk.json may give a number.
    const figure = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
    if (typeof figure === 'number' && Number.isInteger(figure) && figure >= min && figure <= max) return figure
    wrong.push(`-c ${name}=… may not be ${JSON.stringify(value)}: a whole number from ${min} to ${max}`)
    return min
  }

  function flag(name: string, unsaid: boolean): boolean {
    const value = told(name) ?? unsaid
    if (value === true || value === 'true') return true
    if (value !== false && value !== 'false')
      wrong.push(`-c ${name}=… may not be ${JSON.stringify(value)}: true or false`)
    return false
  }
}
