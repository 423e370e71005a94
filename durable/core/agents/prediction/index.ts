export { predict } from './predict.ts'
export { vote } from './vote.ts'
