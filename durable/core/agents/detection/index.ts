export { detect } from './detect.ts'
export { vote } from './vote.ts'
