export { IncidentMemory } from './memory/index.ts'
export { IncidentRoom } from './room/index.ts'
