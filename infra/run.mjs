#!/usr/bin/env node
// `npm run synth`, `npm run cdk -- deploy -c host=…`: the CDK's command line with the Node that this project runs on.
// `node infra/run.mjs types` checks the types of infra where its packages are there. They are not part of the root's
// install: aws-cdk-lib alone is 161 MB, and neither the Worker nor its tests need it.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ROOT, fittingNode, toolEnv } from '../bin/node.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))
/** What a synth is made for that names no host: nobody can deploy it, since IAM asks the issuer. */
const SAMPLE = ['-c', 'host=ic.example.com']

const [command = 'synth', ...given] = process.argv.slice(2)
const installed = existsSync(`${HERE}node_modules/aws-cdk-lib/package.json`)
process.exit(command === 'types' ? types() : cdk())

function types() {
  if (!installed) {
    console.log('infra: types unchecked, its packages are not installed (npm ci --prefix infra)')
    return 0
  }
  return run(fittingNode(), [`${ROOT}node_modules/typescript/bin/tsc`, '-p', HERE])
}

function cdk() {
  if (!installed) {
    console.log('infra: installing its packages')
    const code = run('npm', ['ci'])
    if (code !== 0) return code
  }
  const named = given.some((word) => word.startsWith('host='))
  const args = command === 'synth' && !named ? [command, ...SAMPLE, '--quiet', ...given] : [command, ...given]
  return run(fittingNode(), [`${HERE}node_modules/aws-cdk/bin/cdk`, ...args])
}

function run(file, args) {
  return spawnSync(file, args, { cwd: HERE, stdio: 'inherit', env: toolEnv() }).status ?? 1
}
