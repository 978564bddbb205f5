import type {
  Document,
  OpenNebula,
  Permissions,
  User,
} from '../../../controller/opennebula/index.ts'
import { Fault } from '../../../lib/fault/index.ts'

export type Calls = string[]
type Right = 'U' | 'M' | 'A'
export type MemoryOpenNebula = Pick<OpenNebula, 'documents' | 'user'> & {
  as(session: string): MemoryOpenNebula
  /** Every call that reached it, as "user call id". */
  readonly calls: Calls
  readonly stored: Map<number, Document>
  /** By `user:password`; a test may take one away, or give it another password. */
  readonly users: Map<string, User>
  /** How it keeps its clients: each call waits for `wait`, and a document is numbered `next`. */
  readonly pace: { next: number; wait: (() => Promise<void>) | undefined }
}

const everybody: Readonly<Record<string, User>> = {
  'oneadmin:opennebula': { id: 0, name: 'oneadmin', gid: 0, gname: 'oneadmin', groups: [0] },
  'serveradmin:secret': { id: 1, name: 'serveradmin', gid: 0, gname: 'oneadmin', groups: [0] },
  'alice:wonder': { id: 2, name: 'alice', gid: 100, gname: 'edge', groups: [100] },
  'bob:builder': { id: 3, name: 'bob', gid: 100, gname: 'edge', groups: [100] },
  'carol:stranger': { id: 4, name: 'carol', gid: 101, gname: 'other', groups: [101] },
  'dave:guest': { id: 5, name: 'dave', gid: 101, gname: 'other', groups: [101, 100] },
  'ruth:root': { id: 6, name: 'ruth', gid: 101, gname: 'other', groups: [101, 0] },
}

/** Group names by id. */
const groups: Readonly<Record<number, string>> = {
  ...{ 0: 'oneadmin', 1: 'users', 2: 'staff', 100: 'edge', 101: 'other' },
}

/** OpenNebula's users and documents in memory, with oned's rights and error texts. */
export function memoryOpenNebula(session = 'oneadmin:opennebula'): MemoryOpenNebula {
  return login(session, {
    ...{ stored: new Map(), calls: [], pace: { next: 3, wait: undefined } },
    users: new Map(Object.entries(everybody)),
  })
}

type Shared = Pick<MemoryOpenNebula, 'stored' | 'calls' | 'users' | 'pace'>

function login(session: string, shared: Shared): MemoryOpenNebula {
  const { stored, calls, users, pace } = shared
  const me = (): User => {
    const user = users.get(session)
    if (user) return user
    const message = 'User couldn’t be authenticated, aborting call.'
    throw new Fault('ONE_CREDENTIALS', 'denied', message)
  }
  const may = (right: Right, document: Document): boolean => {
    const { id, groups: mine } = me()
    const { owner, permissions } = document
    if (mine.includes(0)) return true
    if (owner.uid === id && permissions[`owner${right}`]) return true
    const inGroup = mine.includes(owner.gid)
    return (inGroup && permissions[`group${right}`]) || permissions[`other${right}`]
  }
  const denied = (what: string) =>
    new Fault('ONE_DENIED', 'denied', `Not authorized to perform ${what}.`)
  const find = (id: number, right: Right): Document => {
    const document = stored.get(id)
    if (!document) throw new Fault('ONE_MISSING', 'missing', `Error getting document [${id}].`)
    if (!may(right, document)) throw denied(`${right} DOCUMENT [${id}]`)
    return document
  }
  const change = (id: number, part: Partial<Document>, right: Right = 'M') => {
    stored.set(id, structuredClone({ ...find(id, right), ...part }))
  }
  /** A user is given things by who may manage it, a group by who is in it. */
  const newOwner = (before: Document['owner'], uid: number, gid: number): Document['owner'] => {
    const { groups: mine } = me()
    const user = [...users.values()].find(({ id }) => id === (uid === -1 ? before.uid : uid))
    if (!user) throw new Fault('ONE_MISSING', 'missing', `Error getting user [${uid}].`)
    const group = gid === -1 ? before.gid : gid
    const gname = groups[group]
    if (gname === undefined)
      throw new Fault('ONE_MISSING', 'missing', `Error getting group [${gid}].`)
    if (user.id !== before.uid && !mine.includes(0)) throw denied(`MANAGE USER [${uid}]`)
    if (group !== before.gid && !mine.includes(0) && !mine.includes(group))
      throw denied(`USE GROUP [${gid}]`)
    return { uid: user.id, gid: group, uname: user.name, gname }
  }
  return {
    ...shared,
    as: (other) => login(other, shared),
    user: async () => {
      calls.push(`${session.split(':')[0]} user`)
      await pace.wait?.()
      return me()
    },
    documents: {
      list: async (type) => {
        await pace.wait?.()
        return [...stored.values()]
          .filter((document) => document.type === type && may('U', document))
          .map((document) => structuredClone(document))
      },
      get: async (id) => {
        await pace.wait?.()
        return structuredClone(find(id, 'U'))
      },
      create: async (type, name, attribute, body) => {
        await pace.wait?.()
        const { id: uid, gid, name: uname, gname } = me()
        const id = pace.next++
        const owner = { uid, gid, uname, gname }
        stored.set(id, structuredClone({ id, name, type, attribute, body, owner, permissions }))
        return id
      },
      update: async (id, attribute, body) => {
        await pace.wait?.()
        calls.push(`${me().name} update ${id}`)
        change(id, { attribute, body })
      },
      rename: async (id, name) => change(id, { name }),
      chmod: async (id, octet) => {
        const wanted = bits(octet)
        const { permissions: now } = find(id, 'M')
        const admin = (['ownerA', 'groupA', 'otherA'] as const).some((a) => now[a] !== wanted[a])
        change(id, { permissions: wanted }, admin ? 'A' : 'M')
      },
      chown: async (id, uid, gid) => change(id, { owner: newOwner(find(id, 'M').owner, uid, gid) }),
      delete: async (id) => {
        await pace.wait?.()
        find(id, 'M')
        stored.delete(id)
      },
    },
  }
}

const permissions = bits('600')

function bits(octet: string): Permissions {
  const [owner = 0, group = 0, other = 0] = [...octet].map(Number)
  return {
    ...{ ownerU: (owner & 4) > 0, ownerM: (owner & 2) > 0, ownerA: (owner & 1) > 0 },
    ...{ groupU: (group & 4) > 0, groupM: (group & 2) > 0, groupA: (group & 1) > 0 },
    ...{ otherU: (other & 4) > 0, otherM: (other & 2) > 0, otherA: (other & 1) > 0 },
  }
}
