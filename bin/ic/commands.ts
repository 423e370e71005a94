import type { Command } from './command.ts'
import { approve, reject } from './commands/approve.ts'
import { apply, diff } from './commands/catalogue.ts'
import { completionOf } from './commands/completion.ts'
import { autonomy, controls, dryrun, freeze, kill } from './commands/controls.ts'
import { declare } from './commands/declare.ts'
import { doctor } from './commands/doctor.ts'
import { drill } from './commands/drill.ts'
import { exportCommand, importCommand } from './commands/export.ts'
import { init } from './commands/init.ts'
import { list } from './commands/list.ts'
import { merge, split } from './commands/moves.ts'
import { oncall } from './commands/oncall.ts'
import { ack, cancel, close, mitigate, note, reopen, resolve, severity, unmerge } from './commands/orders.ts'
import { replay } from './commands/replay.ts'
import { role } from './commands/role.ts'
import { secret } from './commands/secret.ts'
import { show } from './commands/show.ts'
import { maintenance, silence } from './commands/silence.ts'
import { step } from './commands/step.ts'
import { tail } from './commands/tail.ts'
import { task } from './commands/task.ts'
import { token } from './commands/token.ts'
import { changes, undo } from './commands/undo.ts'
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
  cancel,
  close,
  severity,
  role,
  task,
  merge,
  unmerge,
  split,
  approve,
  reject,
  changes,
  step,
  undo,
  silence,
  maintenance,
  controls,
  kill,
  dryrun,
  freeze,
  autonomy,
  oncall,
  apply,
  diff,
  drill,
  exportCommand,
  importCommand,
  verify,
  replay,
  init,
  token,
  secret,
  doctor,
]

export const COMMANDS: readonly Command[] = [...ALL, completionOf(ALL)]
