import type {
  AttachRequest,
  FlexibleIps,
  RegisterRequest,
  ReleaseRequest,
} from '../../../ipam/flexible-ip/index.ts'
import { Fault } from '../../../lib/fault/index.ts'

/** Flexible IPs that remember what was asked of them; provision 404 does not exist. */
export function fakeFlexibleIps() {
  const asked: { what: string; request: RegisterRequest | ReleaseRequest | AttachRequest }[] = []
  const note = (what: string, request: (typeof asked)[number]['request']) => {
    asked.push({ what, request })
    if (request.provisionId === 404) {
      throw new Fault('ONE_MISSING', 'missing', 'There is no provision 404')
    }
  }
  const flexibleIps: FlexibleIps = {
    async register(request) {
      note('register', request)
      return {
        id: '00000000-0000-4000-8000-000000000001',
        external: '195.154.0.1',
        ip: '100.64.0.0',
        gateway: '100.64.0.1',
        key: 'ip-0',
        status: 'ready',
        server: null,
        reverse: '',
        edgeKey: request.edgeKey ?? 'uuid/range-1',
      }
    },
    async release(request) {
      note('release', request)
      return 'released'
    },
    async attach(request) {
      note('attach', request)
      return 'attached'
    },
    async detach(request) {
      note('detach', request)
    },
    list: async () => [],
    survey: async () => ({ addresses: [], unlisted: new Set() }),
    withhold: (_id, work) => work(),
    setReverse: async ({ name }) => name ?? '',
  }
  return { asked, flexibleIps }
}
