import type { Cloud } from './cloud.ts'
import { type Methods, method } from './method.ts'
import { userXml } from './users.ts'
import { plain, wrapped } from './xml.ts'

/** Calls about oned itself and its users. */
export function systemMethods(cloud: Cloud): Methods {
  const raft = { SERVER_ID: -1, STATE: 0, TERM: 0, VOTEDFOR: -1, COMMIT: 0 }
  const log = { LOG_INDEX: -1, LOG_TERM: -1, FEDLOG_INDEX: -1 }
  return {
    'one.system.version': method([], () => '7.5.80'),
    'one.zone.raftstatus': method([], () =>
      wrapped(
        'RAFT',
        Object.entries({ ...raft, ...log })
          .map(([name, value]) => plain(name, value))
          .join(''),
      ),
    ),
    'one.user.info': method(['int', 'bool'], (user, id) =>
      userXml(id === -1 ? user : cloud.users.get(id)),
    ),
  }
}
