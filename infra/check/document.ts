import { createRequire } from 'node:module'
import { Ajv } from 'ajv'

interface Document {
  parameters?: Record<string, { type?: string; allowedPattern?: string }>
  mainSteps?: { name: string; outputs?: { Name: string }[] }[]
  outputs?: string[]
}

/** What no parameter of ours may let through, whatever it names. */
const HOSTILE = ['', ' ', '*', 'a b', 'a;b', 'a\nb', '{{ x }}', '$(x)', '../x', 'a'.repeat(2_000), 'é', "a'b", 'a"b']

/** AWS's own JSON Schema of Automation documents; its patterns are older than the `u` flag. */
const conforms = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false }).compile(
  createRequire(import.meta.url)('aws-ssm-document-language-service/dist/schema.json') as object,
)

/** One sentence for each way in which an Automation document is wrong, or more open than a runbook of ours may be. */
export function documentProblems(document: Record<string, unknown>): string[] {
  const problems = conforms(document)
    ? []
    : (conforms.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`)
  const { parameters = {}, mainSteps = [], outputs = [] } = document as Document
  for (const [name, parameter] of Object.entries(parameters)) {
    problems.push(...patternProblems(name, parameter.allowedPattern))
    if (!JSON.stringify(mainSteps).includes(`{{ ${name} }}`)) problems.push(`${name} is asked and not used`)
  }
  const said = new Set(Object.keys(parameters))
  for (const step of mainSteps) {
    for (const [, name = ''] of JSON.stringify(step).matchAll(/\{\{ *([^}]*?) *\}\}/g))
      if (!said.has(name)) problems.push(`${step.name} uses ${name}, which nothing before it says`)
    if (said.has(step.name)) problems.push(`${step.name} is there twice`)
    said.add(step.name)
    for (const { Name } of step.outputs ?? []) said.add(`${step.name}.${Name}`)
  }
  return [...problems, ...outputs.filter((name) => !said.has(name)).map((name) => `${name} is answered and never said`)]
}

function patternProblems(name: string, pattern: string | undefined): string[] {
  if (pattern === undefined) return [`${name} takes anything`]
  if (!pattern.startsWith('^') || !pattern.endsWith('$')) return [`${name} is not bound at both ends`]
  const shape = new RegExp(pattern, 'u')
  return HOSTILE.filter((text) => shape.test(text)).map((text) => `${name} takes ${JSON.stringify(text.slice(0, 20))}`)
}
