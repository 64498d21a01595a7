// Versions for properties: small numbers, so that equal, neighbouring and two-digit ones come up often.
import fc from 'fast-check';

const number = fc.oneof(fc.nat({ max: 3 }), fc.constantFrom(9, 10, 11, 100));

export const stableVersion = fc.tuple(number, number, number).map((numbers) => numbers.join('.'));

export const prereleaseOf = (id: string, base: fc.Arbitrary<string> = stableVersion): fc.Arbitrary<string> =>
  fc.tuple(base, fc.integer({ min: 1, max: 12 })).map(([version, count]) => `${version}-${id}.${count}`);

export const anyPrerelease = fc.oneof(
  fc.constantFrom('alpha', 'beta', 'rc').chain((id) => prereleaseOf(id)),
  fc
    .tuple(stableVersion, fc.constantFrom('rc1', 'rc10', '0', '10', 'a', 'a.1', 'a.b', 'a-b.0.x', 'A', '-', '1a', 'a.9', 'a.10'))
    .map(([version, suffix]) => `${version}-${suffix}`),
);

export const anyVersion = fc.oneof(stableVersion, anyPrerelease);
