export { resolve } from './resolve.ts'
export { vote } from './vote.ts'
