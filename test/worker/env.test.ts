import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type {
  IncidentDirectory,
  IncidentMemory,
  IncidentRoom,
  InstanceRegistry,
  Keeper,
  RequestLedger,
  ServiceMonitor,
  DrillStage,
} from '../../durable/index.ts'
import type {
  DirectoryApi,
  KeeperApi,
  LedgerApi,
  MemoryApi,
  MonitorApi,
  RegistryApi,
  RoomApi,
  StageApi,
} from '../../worker/env.ts'

/** Compiles only while each class has every method that the Worker calls, with its shapes. */
interface Kept {
  directory: Holds<IncidentDirectory, DirectoryApi>
  room: Holds<IncidentRoom, RoomApi>
  monitor: Holds<ServiceMonitor, MonitorApi>
  stage: Holds<DrillStage, StageApi>
  memory: Holds<IncidentMemory, MemoryApi>
  registry: Holds<InstanceRegistry, RegistryApi>
  ledger: Holds<RequestLedger, LedgerApi>
  keeper: Holds<Keeper, KeeperApi>
}
type Holds<Class extends Api, Api> = Class

test('[SE22] every object that the Worker calls is bound under its name', () => {
  const names: Record<keyof Kept, string> = {
    directory: 'DIRECTORY',
    room: 'ROOM',
    monitor: 'MONITOR',
    stage: 'STAGE',
    memory: 'MEMORY',
    registry: 'REGISTRY',
    keeper: 'KEEPER',
    ledger: 'LEDGER',
  }
  for (const name of Object.values(names)) expect(Object.keys(env)).toContain(name)
})
