import type { OneObject } from '../../documents/index.ts'
import type { Owned } from '../../opennebula/index.ts'
import type { Work } from '../work.ts'

/** Replaces the entry of that id or name, or adds it. */
export function putObject<T extends OneObject>(list: T[], object: T): void {
  const index = list.findIndex(({ id, name }) => id === object.id || name === object.name)
  if (index === -1) list.push(object)
  else list[index] = object
}

/** Work runs as oneadmin; what it makes belongs to whoever owns the provision. */
export async function handOver(
  { owner: wanted }: Work,
  { owner }: Owned,
  chown: (uid: number, gid: number) => Promise<void>,
): Promise<void> {
  const { uid, gid } = wanted
  if (owner.uid !== uid || owner.gid !== gid) await chown(uid, gid)
}
