import type { Command } from './command.ts'
import { approve, reject } from './commands/approve.ts'
import { apply, diff } from './commands/catalogue.ts'
import { completionOf } from './commands/completion.ts'
import { declare } from './commands/declare.ts'
import { doctor } from './commands/doctor.ts'
import { drill } from './commands/drill.ts'
import { exportCommand, importCommand } from './commands/export.ts'
import { init } from './commands/init.ts'
import { list } from './commands/list.ts'
import { ack, close, mitigate, note, reopen, resolve } from './commands/orders.ts'
import { replay } from './commands/replay.ts'
import { secret } from './commands/secret.ts'
import { show } from './commands/show.ts'
import { tail } from './commands/tail.ts'
import { verify } from './commands/verify.ts'

/** Every command, in the order of help: an incident's life first. */
const ALL: readonly Command[] = [
  list,
  show,
  tail,
  declare,
  ack,
  note,
  mitigate,
  resolve,
  reopen,
  close,
  approve,
  reject,
  apply,
  diff,
  drill,
  exportCommand,
  importCommand,
  verify,
  replay,
  init,
  secret,
  doctor,
]

export const COMMANDS: readonly Command[] = [...ALL, completionOf(ALL)]
