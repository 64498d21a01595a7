import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml, stringify as stringifyYaml } from 'yaml';
import { lockfilesOf, parseVersionFile, updateVersionFile } from '../../src/core/files/version-file.ts';
import { jsonPlaces } from '../../src/core/files/version-file-json.ts';
import { type Key, keyText, readKey } from '../../src/core/files/version-file-key.ts';
import { anyVersion } from './version-arbitraries.ts';

const beside = (files: Record<string, string>) => new Map(Object.entries(files));

/** The text with the new version; a problem fails the test. */
function updated(
  entry: string,
  text: string,
  version = '1.3.0',
  more: { path?: string; beside?: ReadonlyMap<string, string> } = {},
): string {
  const path = entry.split('#')[0] as string;
  const once = updateVersionFile({ entry, path, text, version, ...more });
  if ('problem' in once) throw new Error(once.problem);
  // Whatever a test is about: a second run changes nothing.
  expect(updateVersionFile({ entry, path, text: once.text, version, ...more })).toEqual(once);
  return once.text;
}

function problem(entry: string, text: string): string {
  const done = updateVersionFile({ entry, path: entry.split('#')[0] as string, text, version: '1.3.0' });
  return 'problem' in done ? done.problem : `no problem: ${done.text}`;
}

describe('an entry of release.files', () => {
  it.each<[string, string, Key | null]>([
    ['package.json', 'package.json', null],
    ['./package.json', 'package.json', null],
    [' VERSION ', 'VERSION', null],
    ['app/[id]/package.json', 'app/[id]/package.json', null],
    ['docs/c#/version.txt', 'docs/c#/version.txt', null],
    ['charts/app/Chart.yaml#version', 'charts/app/Chart.yaml', ['version']],
    ['pyproject.toml#project.version', 'pyproject.toml', ['project', 'version']],
    ['config.json#app.versions[0]', 'config.json', ['app', 'versions', 0]],
    ['config.json#$.app.version', 'config.json', ['app', 'version']],
    ['package-lock.json#packages["packages/a"].version', 'package-lock.json', ['packages', 'packages/a', 'version']],
    ['a.toml#\'a.b\'."c d"["e\\"f"]', 'a.toml', ['a.b', 'c d', 'e"f']],
    ['c#/a.json#b#c', 'c#/a.json', ['b#c']],
  ])('%s is %s at %j', (entry, path, key) => expect(parseVersionFile(entry)).toEqual({ path, key }));

  it.each([
    ['', 'has no path'],
    ['#version', 'has no path'],
    ['/etc/passwd', 'is an absolute path'],
    ['C:\\x\\package.json', 'is an absolute path'],
    ['a\\package.json', 'has a backslash'],
    ['../package.json', 'leaves its folder'],
    ['a/../package.json', 'leaves its folder'],
    ['a//package.json', 'an empty name'],
    ['packages/', 'is a folder'],
    ['packages/*/package.json', 'write one entry for each file'],
    ['a\u0000b', 'a control character'],
    ['version.txt#version', 'mark the line in that file with the comment x-shiplock-version'],
    ['a.json#', 'no key path behind its #'],
    ['a.json#a..b', 'no key path behind its #'],
    ['a.json#a.', 'no key path behind its #'],
    ['a.json#a[*].b', 'one entry for each place'],
    ['a.json#a.*', 'one entry for each place'],
    ['a.json#"a"b', 'no key path behind its #'],
    ['a.json#a b', 'no key path behind its #'],
  ])('%j is refused in words: %s', (entry, words) => expect(parseVersionFile(entry)).toEqual({ problem: expect.stringContaining(words) }));

  it('a key path survives writing and reading', () => {
    const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== '$' && !/^\d{10,}$/.test(text));
    fc.assert(
      fc.property(fc.array(fc.oneof(name, fc.nat({ max: 99 })), { minLength: 1, maxLength: 5 }), (key) => {
        fc.pre(typeof key[0] === 'string' && !key[0].startsWith('$'));
        expect(readKey(keyText(key))).toEqual(key);
      }),
    );
  });
});

describe('JSON', () => {
  it.each([
    ['tabs, blanks and line ends stay', 'package.json', '{\r\n\t"name" : "x",\r\n\t"version"  :  "1.2.3"  }\r\n\r\n', '1.2.3'],
    ['the byte order mark stays', 'package.json', '\ufeff{"version":"1.2.3"}', '1.2.3'],
    ['no line end comes at the end', 'composer.json', '{"version": "1.2.3"}', '1.2.3'],
    ['a prerelease is replaced whole', 'package.json', '{"version":"1.2.3-rc.10+build.5"}', '1.2.3-rc.10+build.5'],
    ['a development version too', 'package.json', '{"version":"0.0.0-development"}', '0.0.0-development'],
    ['a browser counts to four', 'manifest.json', '{"manifest_version":3,"version":"1.2.3.4"}', '1.2.3.4'],
    ['versions of others stay', 'package.json', '{"a":{"version":"1.0.0"},"version":"1.2.3","b":[{"version":"1.0.0"}]}', '1.2.3'],
    ['comments and trailing commas are read', 'deno.jsonc', '// "version": "0.0.1"\n{ /* { */ "version": "1.2.3", // x\n}', '1.2.3'],
    ['and so is JSON5', 'a.json5', "{ version: '1.2.3', }", '1.2.3'],
    ['a key is found however it is escaped', 'a.json', '{"ver\\u0073ion":"1.2.3","x":"\\"}"}', '1.2.3'],
    ['by a path', 'a.json#app.versions[1]', '{"app":{"versions":["0.1.0","1.2.3"]}}', '1.2.3'],
    ['by a quoted name', 'a.json#["a.b"].v', '{"a.b":{"v":"1.2.3"},"a":{"b":{"v":"0.1.0"}}}', '1.2.3'],
  ])('%s', (_, entry, text, old) => expect(updated(entry, text)).toBe(text.replace(old, '1.3.0')));

  it('a value with more than the version keeps the rest', () => {
    expect(updated('a.json#image', '{"image":"ghcr.io/acme/app:v1.2.3"}')).toBe('{"image":"ghcr.io/acme/app:v1.3.0"}');
    expect(updated('a.json#range', '{"range":"^1.2.3"}')).toBe('{"range":"^1.3.0"}');
  });

  it('a key that stands twice is the same version twice', () => {
    expect(updated('a.json', '{"version":"1.2.3","version":"1.2.4"}')).toBe('{"version":"1.3.0","version":"1.3.0"}');
  });

  it('a lock file of npm has it at the root and at the root package, and nowhere else', () => {
    const lock = (version: string) =>
      `{\n  "name": "x",\n  "version": "${version}",\n  "lockfileVersion": 3,\n  "packages": {\n    "": { "version": "${version}" },\n    "node_modules/a": { "version": "1.2.3" }\n  }\n}\n`;
    expect(updated('package-lock.json', lock('1.2.3'))).toBe(lock('1.3.0'));
    expect(updated('npm-shrinkwrap.json', lock('1.2.2'))).toBe(lock('1.3.0'));
    expect(updated('package-lock.json', '{"version":"1.2.3","lockfileVersion":1}')).toBe('{"version":"1.3.0","lockfileVersion":1}');
    expect(updated('package-lock.json#packages["p/a"].version', '{"version":"2.0.0","packages":{"p/a":{"version":"1.2.3"}}}')).toBe(
      '{"version":"2.0.0","packages":{"p/a":{"version":"1.3.0"}}}',
    );
  });

  it.each([
    ['{"name":"x"}', 'package.json has no version at "version". Put the version there, '],
    ['{"version":1.2}', 'package.json has a value without quotes at "version", where a version should be.'],
    ['{"version":{"a":1}}', 'package.json has a table at "version", where a version should be.'],
    ['{"version":"latest"}', 'package.json holds "latest" at "version", which is no version.'],
    ['["1.2.3"]', 'package.json has no version at "version".'],
    ['{\n"a": 1\n"version": "1.2.3"}', 'package.json cannot be read as JSON: line 3: a comma or } is expected. Mend the file.'],
    ['{"version": "1.2.3"', 'package.json cannot be read as JSON: line 1: the text ends too soon.'],
    ['{"version": "1.2.3\n"}', 'a closing quote is missing'],
    ['{"version": "1.2.3"} x', 'the text should end here'],
    ['{"version": "1.2.3" /* }', 'a comment is not closed'],
    ['', 'a value is expected'],
    ['<<<<<<< HEAD\n{}', 'line 1'],
    ['['.repeat(20_000), 'it is nested more than 500 levels deep'],
  ])('%j is a problem in words', (text, words) => expect(problem('package.json', text)).toContain(words));

  it('reads whatever JSON.parse reads, and finds the same value there', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), fc.string(), (other, indent, name) => {
        const text = JSON.stringify({ a: other, [name]: [other], version: '1.2.3', z: other }, null, indent);
        const after = updateVersionFile({ entry: 'a.json', path: 'a.json', text, version: '9.8.7' });
        expect('text' in after && JSON.parse(after.text)).toEqual({ ...JSON.parse(text), version: '9.8.7' });
        expect('text' in after && after.text.replace('"9.8.7"', '"1.2.3"')).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1', 'a', '\\', ' ') }), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        fc.pre(isJson);
        expect(() => jsonPlaces(text, ['a'])).not.toThrow();
      }),
      { numRuns: 200, maxSkipsPerRun: 10_000 },
    );
  });
});

describe('YAML', () => {
  it.each([
    [
      'comments, order and quotes stay',
      'Chart.yaml',
      '# chart\napiVersion: v2 # 1.2.3\nversion:   "1.2.3"   # mine\nappVersion: 1.2.3\n',
      '"1.2.3"',
      '"1.3.0"',
    ],
    ['single quotes', 'Chart.yaml', "version: '1.2.3'", "'1.2.3'", "'1.3.0'"],
    ['a bare number was a version, too', 'Chart.yaml', 'version: 1.0\n', '1.0', '1.3.0'],
    ['line ends and a byte order mark', 'a.yml', '\ufeffa: 1\r\nversion: 1.2.3\r\nb: 2\r\n', '1.2.3', '1.3.0'],
    ['an anchor stays', 'a.yaml#x.v', 'x:\n  v: &v v1.2.3\n  w: *v\n', 'v1.2.3', 'v1.3.0'],
    ['a list in a list', 'a.yaml#a[1][0]', 'a:\n- 1.2.3\n- - 1.2.3\n', '- - 1.2.3', '- - 1.3.0'],
    ['flow style', 'a.yaml#a.b', 'a: {b: 1.2.3, c: 1.2.3}\n', 'b: 1.2.3', 'b: 1.3.0'],
    ['a block of text', 'a.yaml#a', 'a: |\n  app 1.2.3\n  x\nb: 1\n', '1.2.3', '1.3.0'],
    ['tags that are not known', 'a.yaml', 'a: !Ref x\nversion: !str 1.2.3\n', '1.2.3', '1.3.0'],
    ['citations', 'CITATION.cff', 'cff-version: 1.2.0\nversion: 1.2.3\n', 'version: 1.2.3', 'version: 1.3.0'],
    ['numbers that are names', 'a.yaml#2024.v', '2024:\n  v: 1.2.3\n', '1.2.3', '1.3.0'],
  ])('%s', (_, entry, text, old, now) => expect(updated(entry, text)).toBe(text.replace(old, now)));

  it('each document of a file is looked into', () => {
    expect(updated('a.yaml#m.v', '---\nm: {v: 1.2.3}\n---\nn: 1.2.3\n---\nm:\n  v: 1.2.2\n')).toBe(
      '---\nm: {v: 1.3.0}\n---\nn: 1.2.3\n---\nm:\n  v: 1.3.0\n',
    );
  });

  it("Dart's build number goes on with the version", () => {
    expect(updated('pubspec.yaml', 'name: a\nversion: 1.2.3+45\n')).toBe('name: a\nversion: 1.3.0+46\n');
    expect(updated('pubspec.yaml', 'version: 1.2.3\n')).toBe('version: 1.3.0\n');
    expect(updated('pubspec.yaml', 'version: 1.2.3+45\n', '1.3.0+7')).toBe('version: 1.3.0+7\n');
  });

  it.each([
    ['a.yaml', 'a: 1\n', 'a.yaml has no version at "version".'],
    ['a.yaml#b', 'a: &v 1.2.3\nb: *v\n', 'has an alias of another value at "b"'],
    ['a.yaml', 'version:\n', 'has nothing at "version"'],
    ['a.yaml', 'version: [1.2.3]\n', 'has a list at "version"'],
    ['a.yaml', '', 'has no version at "version"'],
    ['a.yaml', 'a: [\nversion: 1.2.3\n', 'cannot be read as YAML: line'],
    ['a.yaml', `version: 1.2.3\n${' '.repeat(1024 * 1024)}`, 'it is longer than 1024 KiB'],
  ])('%s with %j is a problem in words', (entry, text, words) => expect(problem(entry, text.slice(0))).toContain(words));

  it('a template that is no YAML is updated by a mark', () => {
    expect(updated('a.yaml', 'a: {{ .V }}\nb: [ # x\nc: v1.2.3 # x-shiplock-version\n')).toBe(
      'a: {{ .V }}\nb: [ # x\nc: v1.3.0 # x-shiplock-version\n',
    );
  });

  it('only the version differs afterwards, to YAML and to the eye', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string(), { maxLength: 3 }));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value, { maxKeys: 5 }), fc.constantFrom('\n', '\r\n'), (others, eol) => {
        fc.pre(!JSON.stringify(others).includes('\\r'));
        const { version: _, ...rest } = others;
        const text = stringifyYaml({ ...rest, version: '1.2.3-odd.7', z: rest }).replaceAll('\n', eol);
        const after = updateVersionFile({ entry: 'a.yaml', path: 'a.yaml', text, version: '9.8.7' });
        expect('text' in after && parseYaml(after.text)).toEqual({ ...parseYaml(text), version: '9.8.7' });
        expect('text' in after && after.text.replace('9.8.7', '1.2.3-odd.7')).toBe(text);
      }),
    );
  });
});

describe('TOML', () => {
  const everything = [
    '# version = "0.0.1"',
    'title = "a # b"',
    "literal = 'C:\\dir'",
    'long = """',
    '[package]',
    'version = "0.0.2" \\""" and more""""',
    "raw = '''",
    "version = '0.0.3''''''",
    'date = 1979-05-27 07:32:00Z',
    'list = [ 1, # ]',
    '  "]", [ ["x"] ], ]',
    '"quoted.key" . bare = { a = "1", b.c = [ { d = 1 } ] }',
    '',
    '[package] # the one',
    'name = "app"',
    'version = "1.2.3" # keep',
    '[[bin]]',
    'version = "0.0.4"',
    '[[bin]]',
    'version = "0.0.5"',
    '[bin.more]',
    'version = "0.0.6"',
    '[dependencies]',
    'a = { path = "a", version = "=0.0.7" }',
    "[target.'cfg(unix)'.dependencies]",
    'b.version = "0.0.8"',
  ].join('\n');

  it.each([
    ['Cargo.toml', '"1.2.3"'],
    ['Cargo.toml#bin[0].version', '"0.0.4"'],
    ['Cargo.toml#bin[1].version', '"0.0.5"'],
    ['Cargo.toml#bin[1].more.version', '"0.0.6"'],
    ['Cargo.toml#target["cfg(unix)"].dependencies.b.version', '"0.0.8"'],
  ])('%s is found among all that TOML has', (entry, old) => {
    for (const text of [everything, everything.replaceAll('\n', '\r\n'), `\ufeff${everything}\n`]) {
      expect(updated(entry, text)).toBe(text.replace(old, '"1.3.0"'));
    }
  });

  it('an inline table is a table', () => {
    expect(updated('Cargo.toml#dependencies.a.version', everything)).toBe(everything.replace('=0.0.7', '=1.3.0'));
    expect(updated('a.toml#list[0].v', 'list = [{ v = "1.2.3" }, { v = "1.2.3" }]')).toBe('list = [{ v = "1.3.0" }, { v = "1.2.3" }]');
  });

  it.each([
    ['Cargo.toml', '[workspace.package]\nversion = "1.2.3"\n[package]\nversion.workspace = true\n', '1.2.3'],
    ['Cargo.toml', '[package]\nversion = { workspace = true }\n[workspace]\npackage.version = "1.2.3"\n', '1.2.3'],
    ['pyproject.toml', "[project]\nname = 'a'\nversion = '1.2.3'\n[tool.poetry]\nversion = '0.1.0'", '1.2.3'],
    ['pyproject.toml', '[tool.poetry]\nversion = "1.2.3"\n[build-system]\nrequires = []', '1.2.3'],
    ['pyproject.toml', '[project]\ndynamic = ["version"]\n[tool.poetry]\nversion = "1.2.3rc1"\n', '1.2.3rc1'],
    ['other.toml', 'version = """1.2.3"""\n', '1.2.3'],
  ])('%s has it where its tool looks: %j', (entry, text, old) => expect(updated(entry, text)).toBe(text.replace(old, '1.3.0')));

  it.each([
    [
      'Cargo.toml',
      '[package]\nversion.workspace = true\n',
      "Cargo.toml takes its version from the workspace. Name the workspace's own Cargo.toml",
    ],
    ['Cargo.toml', '[package]\nversion = { workspace = true }\n', 'takes its version from the workspace'],
    [
      'pyproject.toml',
      '[project]\ndynamic = ["readme", "version"]\n',
      'pyproject.toml says that its version is dynamic. Name the file that holds it',
    ],
    ['pyproject.toml', '[project]\nname = "a"\n', 'has no version at "project.version" or "tool.poetry.version"'],
    ['Cargo.toml', '[package]\nversion = 1.2\n', 'has a value without quotes at "package.version"'],
    ['Cargo.toml', '[package]\nversion "1.2.3"\n', 'cannot be read as TOML: line 2: an equals sign is expected'],
    ['Cargo.toml', '[package\nversion = "1.2.3"\n', 'line 1: ] is expected'],
    ['Cargo.toml', '[[package]\n', 'line 1: ]] is expected'],
    ['Cargo.toml', 'a = "b" c = 1\n', 'the line should end here'],
    ['Cargo.toml', 'a = "b\n', 'a closing quote is missing'],
    ['Cargo.toml', 'a = [1 2]\n', 'a comma or ] is expected'],
    ['Cargo.toml', 'a = \n', 'a value is expected'],
    ['Cargo.toml', `a = ${'['.repeat(20_000)}`, 'it is nested more than 200 levels deep'],
  ])('%s with %j is a problem in words', (entry, text, words) => expect(problem(entry, text)).toContain(words));
});

describe('files with rules of their own', () => {
  it.each([
    ['VERSION', '1.2.3\n', '1.2.3'],
    ['VERSION', 'v1.2.3', '1.2.3'],
    ['version.txt', '\ufeff 1.2.3-rc.1\r\n', '1.2.3-rc.1'],
    ['.version', '1.2\n', '1.2'],
    ['setup.cfg', '[options]\nversion = 0.1\n[metadata]\nname = x [y]\nversion = 1.2.3\n', '1.2.3'],
    ['setup.cfg', '[metadata]\r\nversion: 1.2.3\r\n', '1.2.3'],
    ['setup.py', 'setup(name="x", version="1.2.3", python_requires=">=3.8.1")\n', '1.2.3'],
    ['gradle.properties', 'kotlinVersion=1.9.0\nversion = 1.2.3-SNAPSHOT\n', '1.2.3-SNAPSHOT'],
    ['gradle.properties', 'GROUP=x\nVERSION_NAME=1.2.3\n', '1.2.3'],
    ['app.gemspec', 'Gem::Specification.new do |spec|\n  spec.version     = "1.2.3.pre.1"\n', '1.2.3.pre.1'],
    ['lib/app/version.rb', "module App\n  VERSION = '1.2.3'.freeze\nend\n", '1.2.3'],
    ['mix.exs', '  @version "1.2.3"\n  def project, do: [version: @version]\n', '1.2.3'],
    ['mix.exs', '    [\n      app: :x,\n      version: "1.2.3",\n      elixir: "~> 1.15.0"\n', '1.2.3'],
    ['src/app/__init__.py', '"""1.0.0"""\n__version__ = "1.2.3"\n', '1.2.3'],
    ['src/app/_version.py', "__version__: str = '1.2.3.dev4'\n", '1.2.3.dev4'],
  ])('%s: %j', (entry, text, old) => expect(updated(entry, text)).toBe(text.replace(old, '1.3.0')));

  it('an empty file of the whole version is filled', () => expect(updated('VERSION', '')).toBe('1.3.0\n'));

  it.each([
    ['VERSION', 'The version is 1.2.3\n', 'VERSION holds more than a version.'],
    ['setup.cfg', '[metadata]\nversion = attr: app.__version__\n', 'has no version where one is expected: line 2 holds "attr:"'],
    ['setup.cfg', '[options]\nversion = 1.2.3\n', 'has no line with `version =` below `[metadata]`'],
    ['app.gemspec', 'spec.version = App::VERSION\n', 'has no line with `spec.version = "…"`'],
    ['build.gradle', 'version = "1.2.3"\n', 'Put the comment x-shiplock-version on the line that holds the version'],
    ['pnpm-lock.yaml', "lockfileVersion: '9.0'\n", 'has no version at "version"'],
  ])('%s with %j is a problem in words', (entry, text, words) => expect(problem(entry, text)).toContain(words));
});

describe('lines that people marked', () => {
  it.each([
    ['on the line', 'const VERSION = "1.2.3"; // x-shiplock-version\nconst OTHER = "1.2.3";\n', '1.2.3', '1.3.0'],
    ["release-please's", 'version = "1.2.3" # x-release-please-version\n', '1.2.3', '1.3.0'],
    ['alone before it', '<!-- x-shiplock-version -->\nInstall v1.2.3 or 2.0.0.\n', '1.2.3', '1.3.0'],
    ['alone, in words', 'REM x-shiplock-version\r\nset V=1.2.3\r\n', '1.2.3', '1.3.0'],
    ['the first on the line alone', 'app==1.2.3 lib==1.2.3 # x-shiplock-version', 'app==1.2.3', 'app==1.3.0'],
    ['a prerelease in a sentence', 'Use 1.2.3-rc.1. <!-- x-shiplock-version -->', '1.2.3-rc.1', '1.3.0'],
    ['right before the end of a comment', '<!-- x-shiplock-version 1.2.3-->', '1.2.3', '1.3.0'],
    ['not a part of a longer number', 'ip 10.1.2.3.4 v1.2.3 # x-shiplock-version', 'v1.2.3', 'v1.3.0'],
    ["Python's prereleases", 'v = "1.2.3rc1" # x-shiplock-version', '1.2.3rc1', '1.3.0'],
    ['the ending of a file stays', 'get app-1.2.3-rc.1.tar.gz # x-shiplock-version', '1.2.3-rc.1', '1.3.0-rc.2'],
    ["Ruby's prereleases", "v = '1.3.0.pre.1' # x-shiplock-version", '1.3.0.pre.1', '1.3.0'],
    ['only the major number', 'uses: acme/app@v1 # x-shiplock-major\n', 'v1', 'v7'],
    ['only the minor number', 'MINOR = 2 # x-release-please-minor\n', '2', '8'],
    ['only the patch number', 'PATCH = 3 # x-release-please-patch\n', '3', '9'],
  ])('%s', (_, text, old, now) => {
    const version = now.includes('1.3.0') ? now.replace(/^.*(?=1\.3\.0)/, '') : '7.8.9';
    expect(updated('any.file', text, version)).toBe(text.replace(old, now));
  });

  it('in a block each line has its first version replaced', () => {
    const block = (a: string, b: string) =>
      `x 1.2.3\n<!-- x-shiplock-start-version -->\n\`\`\`\napp ${a} on 2.0.0\nnothing\napp@v${b}\n\`\`\`\n<!-- x-shiplock-end -->\ny 1.2.3\n`;
    expect(updated('README.md', block('1.2.3', '1.2.2-rc.1'))).toBe(block('1.3.0', '1.3.0'));
    expect(updated('README.md', block('1.2.3', '1.2.2').replaceAll('shiplock', 'release-please'))).toBe(
      block('1.3.0', '1.3.0').replaceAll('shiplock', 'release-please'),
    );
  });

  it('stand beside the version that a file is known for', () => {
    const text = (version: string) =>
      `[package]\nversion = "${version}"\n[dependencies]\na = "=${version}" # x-shiplock-version\nb = "=1.2.3"\n`;
    expect(updated('Cargo.toml', text('1.2.3'))).toBe(text('1.3.0'));
    expect(updated('Cargo.toml#package.version', text('1.2.3'))).toBe(text('1.2.3').replace('1.2.3', '1.3.0'));
  });

  it.each([
    ['v = "dev" # x-shiplock-version\nw = "1.2.3"\n', 'line 1 marks a line without a version such as 1.2.3'],
    ['# x-shiplock-version\nnothing\n1.2.3\n', 'line 1 marks a line without a version'],
    ['a\n# x-shiplock-version', 'line 2 marks a line without a version'],
    ['# x-shiplock-start-version\n1.2.3\n', 'line 1 begins a block that nothing ends (x-shiplock-end)'],
    ['# x-shiplock-start-version\n1.2\n# x-shiplock-end\n', 'line 1 begins a block without a version'],
    ['# x-shiplock-start-version\n1.2.3\n# x-shiplock-start-version\n', 'line 3 begins a block within the block of line 1'],
    ['1.2.3\n# x-shiplock-end\n', 'line 2 ends a block that nothing begins'],
    ['uses: a@main # x-shiplock-major\n', 'marks a line without a number for the major part'],
    ['1.2.3 # x-shiplock-versions\n', 'has no line that is marked'],
    ['1.2.3 # x-release-please-version-date\n', 'has no line that is marked'],
  ])('%j is a problem in words: %s', (text, words) => expect(problem('any.file', text)).toContain(words));
});

describe('lock files', () => {
  it.each([
    [
      ['package.json', 'src/version.ts'],
      ['package-lock.json', 'npm-shrinkwrap.json'],
    ],
    [['packages/a/package.json'], ['packages/a/package-lock.json', 'packages/a/npm-shrinkwrap.json']],
    [
      ['crates/a/Cargo.toml', 'Cargo.toml'],
      ['crates/a/Cargo.lock', 'crates/Cargo.lock', 'Cargo.lock'],
    ],
    [['pyproject.toml'], ['uv.lock']],
    [['package.json', 'package-lock.json'], ['npm-shrinkwrap.json']],
    [['composer.json', 'pubspec.yaml', 'VERSION'], []],
  ])('beside %j: %j', (paths, locks) => expect(lockfilesOf(paths)).toEqual(locks));

  const own = (name: string, version: string) =>
    `[[package]]\nname = "${name}"\nversion = "${version}"\ndependencies = [\n "serde",\n]\n\n`;
  const foreign = (name: string, version: string) =>
    `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "ab"\n\n`;

  it("Cargo.lock has it at the manifest's package", () => {
    const lock = (version: string) => `# generated\nversion = 4\n\n${own('app', version)}${own('tool', '1.2.3')}${foreign('app', '1.2.3')}`;
    const files = beside({ 'Cargo.toml': '[package]\nname = "app"\nversion = "1.2.3"\n', 'package.json': '{' });
    expect(updated('Cargo.lock', lock('1.2.3'), '1.3.0', { beside: files })).toBe(lock('1.3.0'));
  });

  it('members that take the version of their workspace are those that are at it', () => {
    const lock = (version: string) => `${own('a', version)}${own('b', '0.1.0')}${own('c', version)}`;
    const files = beside({ 'Cargo.toml': '[workspace.package]\nversion = "1.2.3"\n' });
    expect(updated('Cargo.lock', lock('1.2.3'), '1.3.0', { beside: files })).toBe(lock('1.3.0'));
  });

  it('a dependency that names the version goes along', () => {
    const lock = (version: string) =>
      `${own('tool', '0.1.0').replace('serde', `app ${version}`)}${own('app', version)}${foreign('app', '0.9.0')}`;
    const files = beside({ 'crates/app/Cargo.toml': '[package]\nname = "app"\nversion = "1.2.3"\n' });
    expect(updated('Cargo.lock', lock('1.2.3'), '1.3.0', { beside: files })).toBe(lock('1.3.0'));
  });

  it('of manifests outside its folder it knows nothing', () => {
    const files = beside({ 'b/Cargo.toml': '[package]\nname = "app"\nversion = "1.2.3"\n' });
    expect(updated('a/Cargo.lock', own('app', '1.2.3'), '1.3.0', { beside: files })).toBe(own('app', '1.2.3'));
  });

  it('without the manifests a single package is the one that is meant, of several none', () => {
    expect(updated('Cargo.lock', own('app', '1.2.3') + foreign('b', '1.2.3'))).toBe(own('app', '1.3.0') + foreign('b', '1.2.3'));
    expect(problem('Cargo.lock', own('app', '1.2.3') + own('b', '1.2.3'))).toContain(
      'Cargo.lock holds several packages of this repository',
    );
  });

  it('a manifest that cannot be read is named', () => {
    const done = updateVersionFile({
      entry: 'Cargo.lock',
      path: 'Cargo.lock',
      text: own('a', '1.0.0'),
      version: '1.3.0',
      beside: beside({ 'Cargo.toml': '[' }),
    });
    expect(done).toEqual({ problem: expect.stringContaining('Cargo.toml, which it is about, cannot be read (line 1') });
  });

  it("uv.lock has it as Python writes it, at the project's normalised name", () => {
    const lock = (version: string) =>
      `version = 1\n\n[[package]]\nname = "my-app"\nversion = "${version}"\nsource = { editable = "." }\ndependencies = [\n    { name = "idna" },\n]\n\n[package.metadata]\nrequires-dist = [{ name = "idna", specifier = ">=3" }]\n\n[[package]]\nname = "idna"\nversion = "3.7"\nsource = { registry = "https://pypi.org/simple" }\n`;
    const files = beside({ 'pyproject.toml': '[project]\nname = "My_App"\nversion = "1.2.3"\n' });
    expect(updated('uv.lock', lock('1.2.3'), '1.3.0', { beside: files })).toBe(lock('1.3.0'));
    expect(updated('uv.lock', lock('1.2.3'), '1.3.0-rc.1', { beside: files })).toBe(lock('1.3.0rc1'));
    expect(updated('uv.lock', lock('1.3.0rc1'), '1.3.0', { beside: files })).toBe(lock('1.3.0'));
    const odd = updateVersionFile({ entry: 'uv.lock', path: 'uv.lock', text: lock('1.2.3'), version: '1.3.0-next.1', beside: files });
    expect(odd).toEqual({ problem: expect.stringContaining('has no name for 1.3.0-next.1') });
  });
});

describe('laws', () => {
  const files: readonly (readonly [string, (version: string) => string])[] = [
    ['package.json', (v) => `{ "name": "1.0.0", "version": "${v}", "dependencies": { "a": "1.0.0" } }`],
    ['package-lock.json', (v) => `{"version":"${v}","packages":{"":{"version":"${v}"},"a":{"version":"1.0.0"}}}`],
    ['Chart.yaml', (v) => `# 1.0.0\r\nversion: ${v} # 1.0.0\r\nappVersion: 1.0.0\r\n`],
    ['a.yaml#a.b[0]', (v) => `a:\n  b:\n    - "${v}"\n    - "1.0.0"\n`],
    ['Cargo.toml', (v) => `[package]\nname = "1.0.0"\nversion = "${v}"\n[dependencies]\na = "1.0.0"\n`],
    ['VERSION', (v) => `v${v}\n`],
    ['gradle.properties', (v) => `a=1.0.0\nversion=${v}\nb=1.0.0\n`],
    ['mix.exs', (v) => `  version: "${v}",\n  elixir: "1.0.0"\n`],
    ['x.gemspec', (v) => `s.version = '${v}'\ns.add_dependency 'a', '1.0.0'\n`],
    ['src/v.ts', (v) => `export const VERSION = '${v}'; // x-shiplock-version\nexport const OTHER = '1.0.0';\n`],
    ['README.md', (v) => `1.0.0\n<!-- x-shiplock-start-version -->\na ${v} 1.0.0\n<!-- x-shiplock-end -->\n1.0.0`],
  ];
  // A version that ends in a hyphen is SemVer, but nobody's.
  const version = anyVersion.filter((text) => !/-$/.test(text));

  it('the version is replaced by any other, and not a byte besides', () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), version, version, ([entry, text], from, to) => {
        expect(updated(entry, text(from), to)).toBe(text(to));
      }),
    );
  });

  it('whatever the text: an answer, and the same one the second time', () => {
    const pieces = fc.constantFrom(
      ...[
        '"',
        "'",
        '"""',
        '{',
        '}',
        '[',
        ']',
        '[[',
        ']]',
        ':',
        ',',
        '=',
        '#',
        '//',
        '/*',
        '*/',
        '\n',
        '\r\n',
        ' ',
        '\t',
        '- ',
        '|',
        '&a',
        '*a',
        '.',
        '\\',
      ],
      ...[
        'version',
        '"version"',
        'package',
        'project',
        '1.2.3',
        'v1.2.3-rc.1',
        '1.0',
        'true',
        'name',
        '\ufeff',
        'x-shiplock-version',
        'x-shiplock-major',
      ],
      ...[
        'x-shiplock-start-version',
        'x-shiplock-end',
        '[package]\nversion = ',
        '{"version": ',
        'version: ',
        '<!--',
        '-->',
        '---\n',
        'a',
        '1',
      ],
    );
    const names = [
      'package.json',
      'package-lock.json',
      'a.yaml',
      'pubspec.yaml',
      'Cargo.toml',
      'pyproject.toml',
      'a.toml#a[0].b',
      'a.json#a[0].b',
      'Cargo.lock',
    ];
    const more = [
      'uv.lock',
      'VERSION',
      'setup.cfg',
      'setup.py',
      'gradle.properties',
      'mix.exs',
      'a.gemspec',
      'version.rb',
      'a.py',
      'any.file',
      'a.yaml#a[0].b',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...names, ...more), fc.array(pieces, { maxLength: 12 }), version, (entry, parts, to) => {
        const ask = { entry, path: entry.split('#')[0] as string, version: to };
        const once = updateVersionFile({ ...ask, text: parts.join('') });
        if ('problem' in once) expect(once.problem).toMatch(/^\S.*\.$/s);
        else expect(updateVersionFile({ ...ask, text: once.text })).toEqual(once);
      }),
      { numRuns: 3000 },
    );
  });

  it('a version that is none is our own mistake', () => {
    expect(() => updateVersionFile({ entry: 'VERSION', path: 'VERSION', text: '1.2.3', version: 'v1.3' })).toThrow('not a version');
  });

  it.each([
    '[',
    '{',
    '"',
    "'",
    '#',
    '//',
    '/*',
    ' ',
    '\n',
    '\\',
    '1',
    '1.',
    '1.2.3-',
    '1.2.3-a',
    'a',
    '=',
    '[[a]]\n',
    'a=',
    'a.',
    '- ',
    'a: ',
    '&a ',
    '|',
    '"""',
    'version',
    'version ',
    'x-shiplock-version',
    '[metadata]\n',
    '\r',
  ])('files of nothing but %j are read in time', (part) => {
    const text = part.repeat(Math.ceil(20_000 / part.length));
    for (const entry of [
      'a.json',
      'a.yaml',
      'a.toml',
      'Cargo.lock',
      'uv.lock',
      'VERSION',
      'setup.cfg',
      'setup.py',
      'gradle.properties',
      'mix.exs',
      'a.gemspec',
      'a.py',
      'x',
    ]) {
      const begin = performance.now();
      updateVersionFile({ entry, path: entry, text, version: '1.3.0' });
      updateVersionFile({ entry, path: entry, text: `${text} # x-shiplock-version\n${text}`, version: '1.3.0' });
      expect(performance.now() - begin, entry).toBeLessThan(2000);
    }
    const begin = performance.now();
    parseVersionFile(text);
    parseVersionFile(`a.json#${text}`);
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});
