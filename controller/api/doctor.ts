import type { FastifyInstance } from 'fastify'
import { mustAdminister } from './login.ts'
import type { DoctorPort } from './ports.ts'

/** GET /doctor: how the controller finds its own set-up. It names every provider, so it is for administrators. */
export function doctorRoute(app: FastifyInstance, doctor: DoctorPort): void {
  app.get('/doctor', async ({ asker }) => {
    mustAdminister(asker, 'examine the set-up')
    const { version, findings } = await doctor()
    return { version, checks: findings }
  })
}
