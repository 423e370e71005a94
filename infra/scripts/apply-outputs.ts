import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { answeredBy, withVariables } from '../vars.ts'

const USAGE = `npm run aws:vars -- <outputs.json> [--stage prod] [--into wrangler.toml] [--dry-run]

Takes what \`npm run cdk -- deploy --outputs-file …\` wrote, sets the Worker's variables and prints what changes.
Answers 2 and changes nothing where an output is missing, unknown or wrong.`

try {
  main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      stage: { type: 'string' },
      into: { type: 'string', default: 'wrangler.toml' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [file, ...more] = positionals
  if (values.help) return console.log(USAGE)
  if (file === undefined || more.length > 0) throw new Error(USAGE)
  const { variables, byHand } = answeredBy(JSON.parse(readFileSync(file, 'utf8')), values.stage ?? null)
  const { text, diff } = withVariables(readFileSync(values.into, 'utf8'), variables)
  console.log(diff.length === 0 ? `${values.into}: nothing changes` : `${values.into}:\n${diff.join('\n')}`)
  for (const line of byHand) console.log(`by hand: ${line}`)
  if (values['dry-run'] || diff.length === 0) return
  // Whole or not at all: a deploy may read it at any moment.
  writeFileSync(`${values.into}.new`, text)
  renameSync(`${values.into}.new`, values.into)
}
