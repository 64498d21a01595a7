// GitHub as the doctor sees it: the ports of releases and gates, and besides these who may write, and what the repository is.

import type { DoctorPort } from '../flows/doctor-port.ts';
import { gatesAt } from './gates.ts';
import { type GitHubOptions, placeOf, portAt } from './github.ts';
import type { Place } from './graphql.ts';
import { observe } from './pull.ts';
import { at, listOf } from './rest.ts';
import { readWriters } from './roles.ts';

/** What it does may throw `GitHubProblem`, besides what it returns as `Observed`. */
export function connectDoctor(options: GitHubOptions): DoctorPort {
  const place = placeOf(options);
  return {
    github: portAt(place, options),
    gates: gatesAt(place),
    settings: () => readSettings(place),
    writers: () => readWriters(place),
  };
}

function readSettings(place: Place): ReturnType<DoctorPort['settings']> {
  return observe(async () => {
    const { data } = await place.octokit.request('GET /repos/{owner}/{repo}', { ...at(place), request: { needs: 'metadata: read' } });
    const request = { needs: 'contents: read' };
    const protectedOnes = await place.octokit.request('GET /repos/{owner}/{repo}/branches', {
      ...at(place),
      protected: true,
      per_page: 1,
      request,
    });
    return { private: data.private, protects: listOf(protectedOnes.data, 'branches').length > 0 };
  });
}
