// `shiplock init --from TOOL`: the tool's configuration read from the working tree, as a policy and a page that says what became of it; and
// the tool's next release beside ours.

import { importChangesets } from '../core/import/changesets.ts';
import { isMap, readMap, valueAt } from '../core/import/config.ts';
import { settlePolicy } from '../core/import/policy.ts';
import { importReleaseDrafter } from '../core/import/release-drafter.ts';
import { importReleasePlease } from '../core/import/release-please.ts';
import { OPTIONAL_FILES } from '../core/import/release-please-keys.ts';
import { type ImportOutcome, type NodePackage, type SourceFile, TOOLS, type Tool } from '../core/import/report.ts';
import { importSemanticRelease } from '../core/import/semantic-release.ts';
import type { ToolRules } from '../core/import/shadow.ts';
import { importText, shadowText } from '../core/import/shadow-text.ts';
import { nearest } from '../core/nearest.ts';
import { releasesOf } from '../core/plan-json.ts';
import type { Policy } from '../core/policy.ts';
import { planFromClone } from '../flows/clone/plan.ts';
import { shadowClone } from '../flows/clone/shadow.ts';
import { GitProblem } from '../flows/ports.ts';
import { localGit as git } from '../git/local.ts';
import { UsageProblem } from './arguments.ts';
import {
  inputsInWorkflows,
  namesIn,
  pathInput,
  presentFiles,
  readFirst,
  readNodePackage,
  readSource,
  readWorkspace,
} from './import-files.ts';
import type { Terminal } from './terminal.ts';

export interface ImportedPolicy {
  readonly tool: Tool;
  /** The policy file. */
  readonly text: string;
  readonly policy: Policy;
  readonly rules: ToolRules;
  /** What was imported and what was not, as Markdown. */
  readonly page: string;
}

interface Place {
  readonly root: string;
  readonly defaultBranch: string;
  readonly repository: { readonly owner: string; readonly name: string } | null;
}

/** Throws `UsageProblem` for a name that is no tool's. */
export function readTool(name: string): Tool {
  const known = TOOLS.find((tool) => tool === name.toLowerCase());
  if (known !== undefined) return known;
  const meant = nearest(name, TOOLS);
  const hint = meant === null ? `It reads ${TOOLS.join(', ')}.` : `Did you mean \`--from ${meant}\`?`;
  throw new UsageProblem(`\`init\` cannot import from ${JSON.stringify(name.slice(0, 60))}. ${hint}`);
}

/** Throws `UsageProblem` where there is no configuration of the tool, or none that can be read. */
export async function importPolicy(tool: Tool, place: Place): Promise<ImportedPolicy> {
  const { outcome, files } = await READERS[tool](place);
  if (!outcome.ok) {
    throw new UsageProblem(`The configuration of ${tool} cannot be read:\n${outcome.problems.join('\n')}`);
  }
  const { overrides, did, cannot, rules } = outcome.imported;
  const { text, policy, refused } = settlePolicy(overrides);
  return {
    tool,
    text,
    policy,
    rules,
    page: importText({ tool, files: files.map(({ path }) => path), did, cannot: [...cannot, ...refused] }),
  };
}

/** The comparison of the next release as Markdown; a clone that cannot tell it is told in words. */
export async function comparisonText({ tool, policy, rules }: ImportedPolicy, dir: string, terminal: Terminal): Promise<string> {
  try {
    const planned = await planFromClone(git, { dir, policy, progress: (says) => terminal.progress(says) });
    const plans = releasesOf(planned);
    const shadows = await shadowClone(git, { dir, policy, rules, plans, head: planned.head });
    return shadowText(tool, shadows);
  } catch (error) {
    if (!(error instanceof GitProblem)) throw error;
    return `## The next release\n\nIt could not be compared: ${error.message}`;
  }
}

interface Found {
  readonly outcome: ImportOutcome<ToolRules>;
  readonly files: readonly SourceFile[];
}

const READERS: Readonly<Record<Tool, (place: Place) => Promise<Found>>> = {
  'release-please': readReleasePlease,
  'semantic-release': readSemanticRelease,
  'release-drafter': readReleaseDrafter,
  changesets: readChangesets,
};

function notFound(tool: Tool, looked: readonly string[], then: string): UsageProblem {
  return new UsageProblem(`No configuration of ${tool} was found. Looked for ${looked.join(', ')}. ${then}`);
}

const PLEASE = ['googleapis/release-please-action', 'google-github-actions/release-please-action'];
const PLEASE_CONFIGS = [
  'release-please-config.json',
  '.release-please-config.json',
  '.github/release-please-config.json',
  '.github/.release-please-config.json',
];
const PLEASE_MANIFESTS = [
  '.release-please-manifest.json',
  'release-please-manifest.json',
  '.github/.release-please-manifest.json',
  '.github/release-please-manifest.json',
];

async function readReleasePlease({ root, defaultBranch }: Place): Promise<Found> {
  const steps = await inputsInWorkflows(root, PLEASE);
  const typed = steps.find((step) => typeof valueAt(step, 'release-type') === 'string');
  const plain = steps.find((step) => valueAt(step, 'release-type') === undefined) ?? {};
  const told = (key: string) => steps.flatMap((step) => pathInput(step, key) ?? []);
  // A step that is given a release type does not look at the files.
  const alone = typed !== undefined && steps.every((step) => valueAt(step, 'release-type') !== undefined);
  const looked = [...told('config-file'), ...PLEASE_CONFIGS];
  const config = alone ? null : await readFirst(root, looked);
  const manifest = config === null ? null : await readFirst(root, [...told('manifest-file'), ...PLEASE_MANIFESTS]);
  if (config === null && typed === undefined) {
    throw notFound(
      'release-please',
      [...looked, 'a step of .github/workflows that gives its action a release-type'],
      'Run this where they are, or name the clone with --repo.',
    );
  }
  const inputs = config === null ? (typed ?? {}) : plain;
  const paths = pathsIn(config, pathInput(inputs, 'path'));
  const packages = await nodePackages(root, paths);
  const present = await presentFiles(
    root,
    paths.flatMap((path) => OPTIONAL_FILES.map((name) => (path === '.' ? name : `${path}/${name}`))),
  );
  const outcome = importReleasePlease({ config, manifest, inputs, packages, present, defaultBranch });
  return { outcome, files: [config, manifest].filter((file) => file !== null) };
}

function pathsIn(config: SourceFile | null, alone: string | null): readonly string[] {
  const read = config === null ? null : readMap(config);
  const packages = read?.ok === true ? valueAt(read.map, 'packages') : undefined;
  const written = isMap(packages) ? Object.keys(packages).slice(0, 1_000) : [alone ?? '.'];
  const paths = written.map((path) => path.replace(/^(?:\.\/){1,10}(?=.)/, '').replace(/\/{1,100}$/, '') || '.');
  return paths.filter((path) => !/(?:^|\/)\.\.(?:\/|$)|^\//.test(path));
}

async function nodePackages(root: string, paths: readonly string[]): Promise<readonly NodePackage[]> {
  const found: NodePackage[] = [];
  for (const path of paths) {
    const one = await readNodePackage(root, path);
    if (one !== null) found.push(one);
  }
  return found;
}

const RELEASERC = ['.releaserc', '.releaserc.json', '.releaserc.yaml', '.releaserc.yml'];
const PROGRAMS = ['.releaserc', 'release.config'].flatMap((name) => ['js', 'ts', 'cjs', 'mjs'].map((ending) => `${name}.${ending}`));

async function readSemanticRelease({ root, defaultBranch }: Place): Promise<Found> {
  const manifest = await readSource(root, 'package.json');
  const read = manifest === null ? null : readMap(manifest);
  if (manifest !== null && read?.ok === true && valueAt(read.map, 'release') !== undefined) {
    return { outcome: importSemanticRelease({ config: manifest, key: 'release', defaultBranch }), files: [manifest] };
  }
  const config = await readFirst(root, RELEASERC);
  if (config !== null) return { outcome: importSemanticRelease({ config, key: null, defaultBranch }), files: [config] };
  const program = await readFirst(root, PROGRAMS);
  if (program !== null) {
    throw new UsageProblem(
      `${program.path} is a program, which is not run here. Write what it gives to .releaserc.json, import, and delete that file again:\n  node -e "import('./${program.path}').then((m) => console.log(JSON.stringify(m.default ?? m, null, 2)))" > .releaserc.json`,
    );
  }
  if (
    read?.ok === true &&
    ['devDependencies', 'dependencies'].some((key) => isMap(read.map[key]) && valueAt(read.map[key], 'semantic-release') !== undefined)
  ) {
    return { outcome: importSemanticRelease({ config: null, key: null, defaultBranch }), files: [] };
  }
  throw notFound(
    'semantic-release',
    ['`release` in package.json', ...RELEASERC, ...PROGRAMS.slice(4)],
    'If it runs with its defaults, put {} into .releaserc.json and import again.',
  );
}

async function readReleaseDrafter({ root, defaultBranch, repository }: Place): Promise<Found> {
  const steps = await inputsInWorkflows(root, ['release-drafter/release-drafter']);
  const named = steps.flatMap((step) => pathInput(step, 'config-name') ?? []).map((name) => `.github/${name}`);
  const looked = [...new Set([...named, '.github/release-drafter.yml', '.github/release-drafter.yaml'])];
  const config = await readFirst(root, looked);
  if (config === null)
    throw notFound(
      'release-drafter',
      looked,
      'A configuration that the organisation’s .github repository holds is to be copied here first.',
    );
  const own = steps.find((step) => `.github/${pathInput(step, 'config-name') ?? 'release-drafter.yml'}` === config.path) ?? {};
  return { outcome: importReleaseDrafter({ config, inputs: own, repository, defaultBranch }), files: [config] };
}

async function readChangesets({ root, defaultBranch }: Place): Promise<Found> {
  const looked = ['.changeset/config.json', '.changeset/config.jsonc'];
  const config = await readFirst(root, looked);
  if (config === null) throw notFound('changesets', looked, 'Run this where they are, or name the clone with --repo.');
  const pre = await readSource(root, '.changeset/pre.json');
  const changesets: SourceFile[] = [];
  for (const folder of ['.changeset', '.changeset/pre']) {
    for (const name of await namesIn(root, folder)) {
      if (!name.endsWith('.md') || name.startsWith('.') || /^(?:readme|agents|claude|gemini)\.md$/i.test(name)) continue;
      const file = await readSource(root, `${folder}/${name}`);
      if (file !== null) changesets.push(file);
    }
  }
  const packages = await readWorkspace(root);
  return {
    outcome: importChangesets({ config, pre, changesets, packages, defaultBranch }),
    files: pre === null ? [config] : [config, pre],
  };
}
