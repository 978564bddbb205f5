import type { FastifyInstance } from 'fastify'
import { fault } from './faults.ts'
import { isAdmin } from './login.ts'
import type { DoctorPort } from './ports.ts'

/** GET /doctor: how the controller finds its own set-up. It names every provider, so it is for administrators. */
export function doctorRoute(app: FastifyInstance, doctor: DoctorPort): void {
  app.get('/doctor', async ({ asker: { user } }) => {
    if (!isAdmin(user)) {
      const hint = 'Ask as a member of group oneadmin.'
      throw fault('EDGE_NOT_ALLOWED', `User ${user.name} may not examine the set-up`, { hint })
    }
    const { version, findings } = await doctor()
    return { version, checks: findings }
  })
}
