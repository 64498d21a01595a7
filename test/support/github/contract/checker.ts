// All the contract's checks behind one type, so that the world can also run without them (and without loading GitHub's descriptions).
import { type RestRequest, type RestResponse, requestProblems, responseProblems } from './rest.ts';
import { deliveryProblems } from './webhook.ts';

export interface Checker {
  readonly request: (request: RestRequest) => string[];
  readonly response: (request: RestRequest, response: RestResponse) => string[];
  readonly delivery: (event: string, payload: unknown) => string[];
}

export const contract: Checker = {
  request: requestProblems,
  response: responseProblems,
  delivery: (event, payload) => deliveryProblems(event, payload, { open: true }),
};
