import { type Catalogue, faultsOf } from '../fault/index.ts'

/** Every failure the cloud can answer with, in the suite's words. */
export const scalewayFaults = {
  EDGE_CLOUD_KEY_MALFORMED: {
    kind: 'invalid',
    meaning:
      'The access key, secret key, project, region or zone is not of the form Scaleway uses.',
    hint: 'Correct the connection values of the provider.',
  },
  EDGE_CLOUD_ZONE_UNKNOWN: {
    kind: 'invalid',
    meaning: 'The zone has no Elastic Metal, flexible IPs or public gateways.',
    hint: 'Use fr-par-1, fr-par-2, nl-ams-1, nl-ams-2, pl-waw-2 or pl-waw-3.',
  },
  EDGE_CLOUD_REQUEST_INVALID: {
    kind: 'invalid',
    meaning: 'Scaleway refused a request as wrong.',
    hint: 'Its answer names the argument; report it with the request id if it is none of your inputs.',
  },
  EDGE_CLOUD_UNSUPPORTED: {
    kind: 'invalid',
    meaning: 'The offer or operating system cannot do what was asked; waiting does not help.',
    hint: 'Choose another offer or operating system.',
  },
  EDGE_CLOUD_CREDENTIALS: {
    kind: 'denied',
    meaning: 'Scaleway does not know the API key, or it has expired.',
    hint: 'Check the access key and secret key of the provider.',
  },
  EDGE_CLOUD_DENIED: {
    kind: 'denied',
    meaning: 'The API key lacks a permission.',
    hint: 'Give the key ElasticMetalFullAccess, PrivateNetworksFullAccess, VPCFullAccess, VPCGatewayFullAccess, IPAMFullAccess and SSHKeysFullAccess on the project.',
  },
  EDGE_CLOUD_GONE: {
    kind: 'missing',
    meaning: 'The object does not exist at Scaleway (any more).',
    hint: '`retry` looks again and makes what is missing.',
  },
  EDGE_CLOUD_EXISTS: {
    kind: 'conflict',
    meaning: 'An object of that kind exists already.',
    hint: '`retry` looks again; an object that is not ours must be deleted at Scaleway’s console first.',
  },
  EDGE_CLOUD_LOCKED: {
    kind: 'conflict',
    meaning: 'Scaleway has locked the object, for billing or abuse.',
    hint: 'Ask Scaleway’s support to unlock it.',
  },
  EDGE_CLOUD_PRECONDITION: {
    kind: 'conflict',
    meaning: 'The object is not in a state that allows the request.',
    hint: 'Look at the object at Scaleway’s console, then retry.',
  },
  EDGE_CLOUD_AMBIGUOUS: {
    kind: 'conflict',
    meaning: 'Several objects carry the tags of one; nothing is guessed.',
    hint: 'Delete the ones that are not in use, then retry.',
  },
  EDGE_CLOUD_QUOTA: {
    kind: 'exhausted',
    meaning: 'A quota of the organization is used up.',
    hint: 'Ask Scaleway to raise the quota, or use fewer resources.',
  },
  EDGE_CLOUD_STOCK: {
    kind: 'exhausted',
    meaning: 'The offer is out of stock in the zone.',
    hint: 'Choose another offer or zone, or retry later.',
  },
  EDGE_CLOUD_BUSY: {
    kind: 'transient',
    meaning: 'The object is changing state just now.',
    hint: 'Wait a few minutes, then retry.',
  },
  EDGE_CLOUD_IN_USE: {
    kind: 'transient',
    meaning: 'Something is still attached to the object.',
    hint: 'Detach at Scaleway’s console what is not edgectl’s, then retry.',
  },
  EDGE_CLOUD_RATE: {
    kind: 'transient',
    meaning: 'Too many requests in a short time.',
    hint: 'Others use the same account; retry in a few minutes.',
  },
  EDGE_CLOUD_UNAVAILABLE: {
    kind: 'transient',
    meaning: 'Scaleway had an internal error.',
    hint: 'Look at https://status.scaleway.com, then retry; Scaleway’s support asks for the request id.',
  },
  EDGE_CLOUD_ANSWER_LOST: {
    kind: 'transient',
    meaning:
      'No answer came: timeout, reset or no connection. The request may have been carried out.',
    hint: 'Check the way to api.scaleway.com, then retry; what was carried out is found and used.',
  },
  EDGE_CLOUD_ANSWER_UNREADABLE: {
    kind: 'broken',
    meaning: 'Scaleway answered something that is not what its SDK expects.',
    hint: 'Check that nothing between here and api.scaleway.com changes answers, then retry.',
  },
} as const satisfies Catalogue

export const cloudFault = faultsOf(scalewayFaults)
