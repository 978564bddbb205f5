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
    hint: 'Correct the value that the answer names; if it is none of yours, report it with the request id.',
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
    hint: '`retry` looks again and makes anew what is missing.',
  },
  EDGE_CLOUD_EXISTS: {
    kind: 'conflict',
    meaning: 'An object of that kind exists already.',
    hint: 'Delete or rename the object that the answer names, then retry.',
  },
  EDGE_CLOUD_LOCKED: {
    kind: 'conflict',
    meaning: 'Scaleway has locked the object, for billing or abuse.',
    hint: 'Ask Scaleway’s support to unlock it.',
  },
  EDGE_CLOUD_PRECONDITION: {
    kind: 'conflict',
    meaning: 'The object is not in a state that allows the request.',
    hint: 'Put right what the answer names, then retry.',
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
  EDGE_CLOUD_BUSY: { kind: 'transient', meaning: 'The object is changing state just now.' },
  EDGE_CLOUD_IN_USE: { kind: 'transient', meaning: 'Something is still attached to the object.' },
  EDGE_CLOUD_RATE: { kind: 'transient', meaning: 'Too many requests in a short time.' },
  EDGE_CLOUD_UNAVAILABLE: { kind: 'transient', meaning: 'Scaleway had an internal error.' },
  EDGE_CLOUD_ANSWER_LOST: {
    kind: 'transient',
    meaning:
      'No answer came: timeout, reset or no connection. The request may have been carried out.',
  },
  EDGE_CLOUD_ANSWER_UNREADABLE: {
    kind: 'broken',
    meaning: 'Scaleway answered something that is not what its SDK expects.',
    hint: 'Retry; if it stays, look for a newer version of edgectl.',
  },
} as const satisfies Catalogue

export const cloudFault = faultsOf(scalewayFaults)
