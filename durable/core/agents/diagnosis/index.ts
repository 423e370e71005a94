export { diagnose } from './diagnose.ts'
export { vote } from './vote.ts'
