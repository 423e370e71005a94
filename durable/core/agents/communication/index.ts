export { clerk } from './clerk.ts'
export { write } from './write.ts'
