// A guard is proven by what it catches: breaches planted into exchanges that are otherwise as GitHub describes them.
import { describe, expect, it } from 'vitest';
import { contract } from '../support/github/contract/checker.ts';

const label = { id: 1, node_id: 'L_1', url: 'https://api.github.com/x', name: 'bug', color: 'ff0000', default: false, description: null };

function request(method: string, target: string, body?: unknown) {
  const url = new URL(target, 'https://api.github.com');
  return { method, path: url.pathname, query: url.searchParams, headers: {}, body };
}

const answer = (status: number, body?: unknown) => ({ status, contentType: body === undefined ? '' : 'application/json', body });
const ASK = request('GET', '/repos/a/b/labels?per_page=100&page=2');

describe('requests', () => {
  it('that keep the description pass', () => {
    expect(contract.request(ASK)).toEqual([]);
    expect(contract.request(request('POST', '/repos/a/b/labels', { name: 'bug' }))).toEqual([]);
    expect(contract.request(request('PUT', '/repos/a/b/pulls/1/merge'))).toEqual([]);
    expect(contract.request(request('GET', '/repos/a/b/commits/release%2F1.x/check-runs?filter=latest'))).toEqual([]);
    expect(contract.request(request('GET', '/repos/a/b/contents/docs/a/b.md'))).toEqual([]);
  });

  it.each([
    ['an operation that does not exist', request('GET', '/repos/a/b/colours'), /documents no such operation/],
    ['a method that it does not have', request('DELETE', '/repos/a/b/labels'), /documents no such operation/],
    ['an unknown query parameter', request('GET', '/repos/a/b/labels?perpage=5'), /perpage is not documented/],
    ['a query parameter of another type', request('GET', '/repos/a/b/labels?page=two'), /the query parameter page: .*must be integer/],
    ['a value that is not allowed', request('GET', '/repos/a/b/pulls?state=merged'), /state: .*allowed values/],
    ['a path parameter of another type', request('GET', '/repos/a/b/pulls/last'), /the path parameter pull_number: .*must be integer/],
    ['a body that misses a field', request('POST', '/repos/a/b/labels', { color: 'red' }), /must have required property 'name'/],
    ['a body with a field of another type', request('POST', '/repos/a/b/labels', { name: 7 }), /\/name must be string/],
    [
      'a body with an unknown field',
      request('POST', '/repos/a/b/releases', { tag_name: 'v1', makeLatest: 'true' }),
      /makeLatest is not documented/,
    ],
    ['a body where none is taken', request('GET', '/repos/a/b/labels', { name: 'x' }), /takes no JSON body/],
    ['no body where one is needed', request('POST', '/repos/a/b/labels'), /the body is missing/],
    [
      'a field that the schema forbids',
      request('PUT', '/repos/a/b/environments/qa', { waittimer: 5 }),
      /must NOT have additional properties \(waittimer\)/,
    ],
    [
      'neither of two shapes',
      request('POST', '/repos/a/b/actions/runs/1/deployment_protection_rule', { state: 'approved' }),
      /environment_name/,
    ],
  ])('%s is caught', (_, asked, words) => {
    expect(contract.request(asked).join('\n')).toMatch(words);
  });
});

describe('answers', () => {
  it('that keep the description pass, undocumented errors too', () => {
    expect(contract.response(ASK, answer(200, [label]))).toEqual([]);
    expect(contract.response(ASK, answer(418, { message: 'teapot' }))).toEqual([]);
    expect(contract.response(ASK, answer(304))).toEqual([]);
  });

  it.each([
    ['a missing required field', answer(200, [{ ...label, node_id: undefined }]), /\/0 must have required property 'node_id'/],
    ['a field of another type', answer(200, [{ ...label, id: '1' }]), /\/0\/id must be integer; got "1"/],
    ['null where it may not be', answer(200, [{ ...label, name: null }]), /\/0\/name must be string/],
    ['a text that is no address', answer(200, [{ ...label, url: 'no address' }]), /\/0\/url must match format "uri"/],
    ['an undocumented success', answer(201, [label]), /does not document this status/],
    ['no body', answer(200), /answers this with a JSON body/],
  ])('%s is caught', (_, given, words) => {
    expect(contract.response(ASK, given).join('\n')).toMatch(words);
  });

  it('with a body where GitHub has none are caught', () => {
    const asked = request('POST', '/repos/a/b/actions/runs/1/deployment_protection_rule', { environment_name: 'qa', state: 'approved' });
    expect(contract.response(asked, answer(204))).toEqual([]);
    expect(contract.response(asked, answer(204, {}))).toEqual([expect.stringContaining('without a JSON body')]);
  });
});

describe('deliveries', () => {
  it.each([
    ['an event that does not exist', 'colour', {}, /no such event/],
    ['an action that it does not have', 'issues', { action: 'painted' }, /no such action/],
    ['a payload without its parts', 'push', { ref: 'refs/heads/main' }, /must have required property 'before'/],
  ])('%s is caught', (_, event, payload, words) => {
    expect(contract.delivery(event, payload).join('\n')).toMatch(words);
  });
});
