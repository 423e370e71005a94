import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { awsSettings } from '../../bridge/aws-config.ts'
import { OUTPUTS } from '../../infra/outputs.ts'
import { answeredBy, withVariables } from '../../infra/vars.ts'
import { ANSWERS } from './sample.ts'

const ROOT = join(import.meta.dirname, '../..')
const FILE = { 'IncidentCommander-prod': ANSWERS }
const { variables, byHand } = answeredBy(FILE, null)
const without = (name: string) => Object.fromEntries(Object.entries(ANSWERS).filter(([key]) => key !== name))

describe('outputs', () => {
  test('[IF24] each output becomes the variable that the Worker reads, and the topic is for a person', () => {
    expect(variables).toMatchObject({
      IC_AWS_REGION: 'us-east-1',
      IC_STAGE: 'prod',
      IC_ISSUER: 'https://ic.example.com',
      IC_AWS_ROLE_AI: ANSWERS['RoleAi'],
      IC_TABLE: ANSWERS['Table'],
      IC_RUNBOOK_LAMBDA_ALIAS_ROLLBACK: 'IncidentCommander-prod-LambdaAliasRollback',
    })
    expect(variables).not.toHaveProperty('IC_AGENT_ID')
    expect(byHand).toEqual([expect.stringContaining('TopicArn arn:aws:sns:')])
  })

  test('[IF24] the bridge understands what it is given: nothing is missing but the key, which is a secret', () => {
    expect(awsSettings(variables).faults).toEqual(['IC_ISSUER_KEYS'])
  })

  test.each<[string, unknown, string | null, RegExp]>([
    ['a missing output', { 'IncidentCommander-prod': without('RoleAi') }, null, /RoleAi is missing/],
    ['an unknown output', { 'IncidentCommander-prod': { ...ANSWERS, Surprise: 'x' } }, null, /Surprise is an output/],
    [
      'a value of the wrong kind',
      { 'IncidentCommander-prod': { ...ANSWERS, RoleAi: 'admin' } },
      null,
      /RoleAi may not/,
    ],
    ['a value that is no text', { 'IncidentCommander-prod': { ...ANSWERS, Table: 7 } }, null, /Table may not be 7/],
    [
      'a value that would end its line',
      { 'IncidentCommander-prod': { ...ANSWERS, Table: 'a"\nIC_MODE = "development' } },
      null,
      /Table may not/,
    ],
    ['another stage', FILE, 'test', /IncidentCommander-test is not in the file/],
    ['a stage of another name', { 'IncidentCommander-test': ANSWERS }, 'test', /the stack is of stage "prod"/],
    ['two stages and no word', { ...FILE, 'IncidentCommander-test': ANSWERS }, null, /say --stage/],
    ['no stack of ours', { Other: {} }, null, /no stack of ours/],
    ['a list', [], null, /not what/],
    ['nothing', null, null, /not what/],
  ])('[IF25] %s is refused', (_, file, stage, why) => {
    expect(() => answeredBy(file, stage)).toThrow(why)
  })

  test('[IF25] every output has a pattern with both ends, so that no value can say more than one thing', () => {
    for (const { output, pattern } of OUTPUTS) {
      expect(pattern.source, output).toMatch(/^\^.*\$$/)
      expect(pattern.flags, output).toBe('')
    }
  })
})

describe('wrangler.toml', () => {
  const TOML =
    'name = "ic"\n\n[vars]\n# by hand\nOTHER = "kept" # why\nIC_TABLE = "old"\nIC_AGENT_ID = "GONE"\n\n[observability]\nenabled = true\n'

  test('[IF26] a table is made where there is none, at the end and after everything', () => {
    const { text, diff } = withVariables('name = "ic"\n\n[observability]\nenabled = true\n', variables)
    expect(text).toMatch(/enabled = true\n\n# [^\n]+\n\[vars\]\nIC_AWS_REGION = "us-east-1"\n/)
    expect(diff).toHaveLength(Object.keys(variables).length)
    expect(withVariables(text, variables)).toEqual({ text, diff: [] })
  })

  test('[IF26] lines of our names are changed, added and taken away; all others stay as they are', () => {
    const { text, diff } = withVariables(TOML, { IC_TABLE: 'new', IC_STAGE: 'prod' })
    expect(text).toBe(
      'name = "ic"\n\n[vars]\n# by hand\nOTHER = "kept" # why\nIC_TABLE = "new"\nIC_STAGE = "prod"\n\n[observability]\nenabled = true\n',
    )
    expect(diff).toEqual(['- IC_TABLE = "old"', '+ IC_TABLE = "new"', '- IC_AGENT_ID = "GONE"', '+ IC_STAGE = "prod"'])
  })

  test.each([
    ['vars = { A = "b" }\n', /table \[vars\] of their own/],
    ['vars.A = "b"\n', /table \[vars\] of their own/],
    ['[vars.deep]\nA = "b"\n', /table \[vars\] of their own/],
    ['[vars]\n[vars]\n', /two tables/],
    ["[vars]\nIC_TABLE = 'literal'\n", /cannot be edited/],
    ['[vars]\nIC_TABLE = """\nlong"""\n', /cannot be edited/],
    ['[vars]\nIC_TABLE = "a"\nIC_TABLE = "b"\n', /cannot be edited/],
  ])('[IF26] %j is left alone with the reason', (toml, why) => {
    expect(() => withVariables(toml, variables)).toThrow(why)
  })
})

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ic-vars-'))
  const toml = join(folder, 'wrangler.toml')
  const outputs = join(folder, 'outputs.json')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function apply(...args: string[]) {
    const script = 'infra/scripts/apply-outputs.ts'
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, outputs, '--into', toml, ...args], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    return { status, stdout, stderr }
  }

  test('[IF27] a dry run prints the difference and writes nothing, the run prints the same and writes, the next has nothing to do', () => {
    writeFileSync(toml, 'name = "ic"\n')
    writeFileSync(outputs, JSON.stringify(FILE))
    const dry = apply('--dry-run')
    expect(dry).toMatchObject({ status: 0, stderr: '' })
    expect(dry.stdout).toContain('+ IC_STAGE = "prod"')
    expect(readFileSync(toml, 'utf8')).toBe('name = "ic"\n')
    expect(apply('--stage', 'prod').stdout).toBe(dry.stdout)
    expect(readFileSync(toml, 'utf8')).toContain('[vars]\nIC_AWS_REGION')
    expect(apply().stdout).toContain('nothing changes')
  })

  test('[IF25] a refusal is 2 with a sentence for each thing, and the file stays as it was', () => {
    writeFileSync(toml, 'name = "ic"\n')
    writeFileSync(outputs, JSON.stringify({ 'IncidentCommander-prod': { ...without('Table'), More: 'x' } }))
    expect(apply()).toEqual({
      status: 2,
      stdout: '',
      stderr: 'More is an output that nobody knows\nTable is missing\n',
    })
    writeFileSync(outputs, 'no json')
    expect(apply().status).toBe(2)
    expect(readFileSync(toml, 'utf8')).toBe('name = "ic"\n')
  })
})
