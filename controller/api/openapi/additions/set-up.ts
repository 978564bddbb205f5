import type { RouteDocs } from '../route-doc.ts'
import { Doctor, OpenApi } from '../schemas/index.ts'

/** The controller itself. */
export const setUp: RouteDocs = {
  'GET /doctor': {
    ...{ tag: 'Server', ours: true },
    summary: 'How the controller finds its own set-up',
    description:
      'Looks at everything at once, ten seconds at each at most, and changes nothing. For group oneadmin ' +
      'only; `edgectl doctor` shows it with what it finds itself. See [setup-doctor.md](setup-doctor.md).',
    answers: {
      200: {
        schema: Doctor,
        example: {
          version: '1.0.0',
          checks: [
            {
              ...{ check: 'permissions', subject: 'provider 3', status: 'broken' },
              sentence: 'The key may not read public gateways',
              fix: 'Give the key’s application VPCGatewayFullAccess on project p',
            },
          ],
        },
      },
    },
    errors: [403],
  },
  'GET /openapi.json': {
    ...{ tag: 'Server', ours: true },
    summary: 'This description, as OpenAPI 3.1',
    description: 'Made from the routes themselves when the server starts.',
    answers: {
      200: {
        schema: OpenApi,
        example: {
          ...{
            openapi: '3.1.0',
            info: { title: 'edgectl', version: '1.0.0' },
            security: [],
            tags: [],
          },
          ...{ paths: {}, components: {} },
        },
      },
    },
    errors: [],
  },
}
