import { type JSX, createContext, useContext } from 'solid-js'
import type { Room } from '../room/room.ts'

export interface RoomScreen {
  room: Room
  /** the evidence in the drawer; null: it is shut. */
  selected: () => string | null
  open: (evidence: string | null) => void
}

const Screen = createContext<RoomScreen>()

export function RoomProvider(props: { screen: RoomScreen; children: JSX.Element }) {
  return <Screen.Provider value={props.screen}>{props.children}</Screen.Provider>
}

/** The room that these panels show; throws outside of one. */
export function useRoom(): RoomScreen {
  const screen = useContext(Screen)
  if (!screen) throw new Error('a panel stands outside of a room')
  return screen
}
