import { writeFileSync } from 'node:fs'
import { synthesize } from '../synth.ts'

// `npm run synth:store`: what would stand in AWS is a file of the repository, so that a change of it is read in a review,
// and so that what needs a policy (who may take which role) reads it without the CDK.
const { template } = synthesize()
writeFileSync(new URL('../template.json', import.meta.url), `${JSON.stringify(template, null, 2)}\n`)
