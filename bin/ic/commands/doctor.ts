import { plainLine } from '../../../durable/core/export/text.ts'
import type { Catalogue } from '../../../durable/protocol/domain.ts'
import type { Command, Context } from '../command.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import type { Output } from '../output.ts'
import { checkSecrets, checkSigning, checkSources, checkTargets } from '../doctor/catalogue.ts'
import type { Check } from '../doctor/check.ts'
import { checkIntake, checkReach, checkSignIn } from '../doctor/instance.ts'

const STYLE = { ok: 'green', warn: 'yellow', fail: 'red', skip: 'dim' } as const

export const doctor: Command = {
  name: 'doctor',
  takes: '',
  args: { min: 0, max: 0 },
  says: 'look whether all of it works, and say what to do where it does not',
  more: [
    'Ends with 0 unless something failed. Addresses of the catalogue are looked at by a TLS handshake; nothing is sent.',
  ],
  example: 'ic doctor --no-probe --json',
  options: { 'no-probe': { type: 'boolean', says: 'make no connection but to the instance' } },
  async run(context) {
    const checks = await examine(context)
    const failed = checks.filter(({ verdict }) => verdict === 'fail')
    if (context.out.json) context.out.value({ ok: failed.length === 0, checks })
    else report(context.out, checks)
    return exitOf(failed)
  },
}

async function examine(context: Context): Promise<Check[]> {
  const settings = context.settings()
  const api = context.api()
  const reached = await checkReach(api, settings)
  if (reached[0]?.verdict === 'fail') return reached
  const { check, me } = await checkSignIn(api, settings)
  if (!me) return [...reached, check]
  const catalogue = await api.get<Catalogue>('/api/v1/catalogue')
  return [
    ...reached,
    check,
    ...(await checkIntake(api)),
    await checkSigning(api),
    ...(await checkSources(api, catalogue)),
    ...(await checkTargets(api, !context.flag('no-probe'))),
    ...(await checkSecrets(api, catalogue, me.role)),
  ]
}

function exitOf(failed: readonly Check[]): ExitCode {
  const [first] = failed
  if (!first) return EXIT.ok
  if (first.name === 'reachable') return EXIT.temporary
  return first.name === 'sign-in' ? EXIT.auth : EXIT.error
}

function report(out: Output, checks: readonly Check[]): void {
  if (out.plain)
    return out.table(
      [],
      checks.map(({ verdict, name, says, todo }) => [verdict, name, says, todo ?? '']),
    )
  const width = Math.max(...checks.map(({ name }) => name.length))
  for (const { verdict, name, says, todo } of checks) {
    out.line(`${out.style(STYLE[verdict], verdict.padEnd(4))}  ${plainLine(name).padEnd(width)}  ${plainLine(says)}`)
    if (todo !== undefined) out.line(`      ${' '.repeat(width)}  → ${plainLine(todo)}`)
  }
}
